import { HighwaterError } from '../../core/errors.ts';
import type { Node, NodeSpec } from '../../environments/node.ts';
import type { NodeId } from '../../record/names.ts';
import type { ConnectInput, SpecChange } from '../system.ts';
import { serversOf } from '../zookeeper/ensemble-layout.ts';
import { serverSpec } from '../zookeeper/node-specs.ts';
import { type Member, reservedMembers } from './cluster-layout.ts';
import { nodeSpec } from './node-specs.ts';
import { zookeeperSessionMs } from './profile-settings.ts';
import type { KafkaSpec } from './spec.ts';

/** Who is a member of the cluster now: a resize changes it. */
export class Membership {
  readonly #input: ConnectInput<KafkaSpec>;
  readonly #everLaunched: Set<NodeId>;
  #nodes: readonly Node[];

  constructor(input: ConnectInput<KafkaSpec>) {
    this.#input = input;
    this.#nodes = input.nodes;
    this.#everLaunched = new Set(input.nodes.map(({ id }) => id));
  }

  /** Servers of the ensemble among them, in ZooKeeper mode. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** The nodes of Kafka among them. */
  get members(): readonly Member[] {
    return this.#reserved().filter(({ node }) => this.find(node) !== undefined);
  }

  /** Brokers that have an address and were never launched. */
  get spare(): readonly NodeId[] {
    const ids = this.#reserved().map(({ node }) => node);
    return ids.filter((id) => !this.#everLaunched.has(id));
  }

  find(id: NodeId): Node | undefined {
    return this.#nodes.find((node) => node.id === id);
  }

  admit(nodes: readonly Node[]): void {
    for (const { id } of nodes) this.#everLaunched.add(id);
    this.#nodes = [...this.#nodes, ...nodes.filter(({ id }) => this.find(id) === undefined)];
  }

  dismiss(ids: readonly NodeId[]): void {
    this.#nodes = this.#nodes.filter(({ id }) => !ids.includes(id));
  }

  /** Unless told otherwise a node keeps its version, and a spare one has that of the others. */
  specFor(id: NodeId, change: SpecChange): NodeSpec {
    const { spec, ...layout } = this.#input;
    const ofEnsemble = this.#serverSpec(id, change);
    if (ofEnsemble !== undefined) return ofEnsemble;
    const member = this.#reserved().find(({ node }) => node === id);
    if (member === undefined) {
      throw new HighwaterError('BUG', `bug in highwater: ${id} is not a node of Kafka's`);
    }
    const model = this.find(id) ?? this.find(this.members.at(-1)?.node ?? '');
    const version = change.version ?? model?.spec.software.version ?? spec.version;
    const config = { ...spec.config, ...change.config };
    return nodeSpec(member, { ...layout, spec: { ...spec, version, config } });
  }

  /** Of a server of the ensemble; undefined when the node is none. */
  #serverSpec(id: NodeId, { version, config = {} }: SpecChange): NodeSpec | undefined {
    const { spec, profile, book } = this.#input;
    const ensemble = spec.zookeeper;
    const servers = ensemble === null ? [] : serversOf(ensemble, book);
    const server = servers.find(({ node }) => node === id);
    if (ensemble === null || server === undefined) return undefined;
    const present = this.find(id)?.spec.software.version ?? ensemble.version;
    const sessionTimeoutMs = zookeeperSessionMs(spec, profile);
    const next = { ...ensemble, version: version ?? present };
    return serverSpec(server, { spec: next, profile, book, sessionTimeoutMs, config });
  }

  #reserved(): readonly Member[] {
    return reservedMembers(this.#input.spec, this.#input.book);
  }
}
