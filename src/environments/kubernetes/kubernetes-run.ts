import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { HighwaterError } from '../../core/errors.ts';
import { seconds } from '../../core/time.ts';
import type { Folders } from '../../leases/folders.ts';
import { misfits, nodesOfRole, placeNodes, slotsOfRole } from '../addresses/address-plan.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook, Leftover, LinkClass, RunContext } from '../environment.ts';
import { type ImageChoice, imageOf, NET_IMAGE } from '../images/image-choice.ts';
import { launchSideBySide } from '../known-runs.ts';
import type { Node, NodeSpec, RoleSpec } from '../node.ts';
import type { LinkedPort } from '../packet-links/linked-port.ts';
import { type NetLinks, openNetLinks } from '../packet-links/net-links.ts';
import { makeWorkFolder } from '../work-folder.ts';
import { Works } from '../works.ts';
import { FIELD_MANAGER } from './cluster.ts';
import { evidenceOf } from './evidence.ts';
import { kubernetesBook, outsidePorts } from './kubernetes-book.ts';
import { KubernetesNode } from './kubernetes-node.ts';
import { labelsOf, type Place, placeOf, portOf } from './layout.ts';
import { addLinksContainer, openShellChannel } from './links-container.ts';
import { nameService } from './manifests/service-manifests.ts';
import { nodePortsOf } from './node-ports.ts';
import { type PodWatch, watchPods } from './pod-watch.ts';
import type { Target } from './target/target.ts';
import { asLeftover, type Held, removeRun, stopRun, thingsOfRun } from './things-of-run.ts';

/** What a run in a cluster is given by the environment. */
export interface KubernetesRunSetting {
  readonly target: Target;
  readonly folders: Folders;
  readonly images: ImageChoice;
  /** Let everything be when a run ends; its pods are taken away. */
  readonly keep: boolean;
}

interface KubernetesRunParts {
  readonly roles: readonly RoleSpec[];
  readonly run: RunContext;
  readonly held: Held;
  readonly ways: Ways;
  readonly links: NetLinks | null;
  readonly works: Works;
  readonly pods: PodWatch;
}

/** By node and by the number of a port in its pod: where that is reached from here. */
type Ways = ReadonlyMap<string, ReadonlyMap<number, Endpoint>>;

const REMOVED_WITHIN = seconds(120);

/** What one run has in a cluster: a namespace, services, and nodes with their volumes. */
export class KubernetesRun {
  readonly book: AddressBook;
  readonly #setting: KubernetesRunSetting;
  readonly #parts: KubernetesRunParts;
  readonly #nodes = new Set<string>();

  private constructor(setting: KubernetesRunSetting, parts: KubernetesRunParts) {
    this.#setting = setting;
    this.#parts = parts;
    this.book = kubernetesBook(parts.roles, parts.ways, parts.links);
  }

  /** Makes the namespace and all ways to nodes; the run's scope gives all of it back. */
  static async reserve(
    setting: KubernetesRunSetting,
    request: { readonly roles: readonly RoleSpec[]; readonly links: readonly LinkClass[] },
    run: RunContext,
  ): Promise<KubernetesRun> {
    const { roles, links: classes } = request;
    const problems = misfits(roles, false);
    if (problems.length > 0) {
      throw new HighwaterError('PLAN_IMPOSSIBLE', `no ports for this: ${problems.join('; ')}`, {
        hint: 'ask for fewer nodes',
      });
    }
    const { target } = setting;
    const { cluster } = target;
    await mkdir(join(run.directory, 'logs'), { recursive: true });
    // Nothing of the nodes lies there; whoever keeps a system up talks to it by a socket in it.
    makeWorkFolder({ root: setting.folders.work, keep: false }, run);
    const place = placeOf(run.run, target.namespace);
    const held = { place, ownsNamespace: target.namespace === undefined };
    const { ownsNamespace } = held;
    const leased = { ...target.lease, ...place, ownsNamespace };
    const works = new Works();
    const lease = run.leases.intend('namespace', leased);
    const evidence = evidenceOf(cluster, place, run);
    run.scope.onClose(
      `namespace ${place.namespace}`,
      async () => {
        await works.close();
        await evidence.describe(held);
        if (setting.keep) {
          await stopRun(cluster, held, REMOVED_WITHIN);
          run.progress(`kept: kubectl -n ${place.namespace} get all,pvc`);
        } else await removeRun(cluster, held, REMOVED_WITHIN);
        lease.released();
      },
      REMOVED_WITHIN,
    );
    if (held.ownsNamespace) {
      await works.do('making a namespace', () => makeNamespace(target, place));
    }
    lease.acquired(leased);
    run.signal.throwIfAborted();
    await evidence.follow();
    const pods = await watchPods(cluster, place, run);
    const linked = classes.length > 0;
    const ways = await works.do('making services', () =>
      openWays(setting, { place, roles, linked }),
    );
    run.signal.throwIfAborted();
    const links = linked ? await openLinks({ roles, ways, classes }, run) : null;
    return new KubernetesRun(setting, { roles, run, held, ways, links, works, pods });
  }

  /** Starts nodes side by side; when one fails those of this call are ended, its error thrown. */
  async launch(specs: readonly NodeSpec[], run: RunContext): Promise<readonly Node[]> {
    const { images, target } = this.#setting;
    const wanted = specs.map((spec) => imageOf(spec, images));
    if (this.#parts.links !== null) wanted.push(images['net'] ?? NET_IMAGE);
    await target.provideImages([...new Set(wanted)], run);
    return launchSideBySide(specs, (spec) => this.#launchOne(spec, run), run);
  }

  /** What the cluster still has of this run. */
  async census(): Promise<readonly Leftover[]> {
    if (this.#setting.keep) return [];
    return (await thingsOfRun(this.#setting.target.cluster, this.#parts.held)).map(asLeftover);
  }

  async #launchOne(spec: NodeSpec, run: RunContext): Promise<KubernetesNode> {
    const { roles, held, links, works, pods } = this.#parts;
    const { target, images } = this.#setting;
    const role = roles.find((each) => each.role === spec.role);
    if (role === undefined || !placeNodes(roles).has(spec.id)) {
      throw new HighwaterError('BUG', `bug in highwater: node ${spec.id} was not reserved`);
    }
    if (this.#nodes.has(spec.id)) {
      throw new HighwaterError('BUG', `bug in highwater: node ${spec.id} was launched twice`);
    }
    this.#nodes.add(spec.id);
    const { cluster } = target;
    const node = new KubernetesNode({
      cluster,
      place: held.place,
      spec,
      volumes: role.volumes,
      memory: role.memory,
      slots: slotsOfRole(role).length,
      logFile: join(run.directory, 'logs', `${spec.id}.log`),
      works,
      pods,
      over: run.scope.signal,
      provideImage: async (of) => {
        const image = imageOf(of, images);
        await target.provideImages([image], run);
        return image;
      },
      joined: async (id, pod) => {
        if (links !== null) await this.#join(links, { id, pod, role }, run);
      },
      left: async (id) => links?.left(id),
    });
    await node.start(run.signal);
    return node;
  }

  async #join(
    links: NetLinks,
    { id, pod, role }: { readonly id: string; readonly pod: V1Pod; readonly role: RoleSpec },
    run: RunContext,
  ): Promise<void> {
    const { images, target } = this.#setting;
    const { cluster } = target;
    const image = images['net'] ?? NET_IMAGE;
    const of = { image, dialerPort: dialerPortOf(role), signal: run.signal };
    const container = await addLinksContainer(cluster, pod, of);
    const address = pod.status?.podIP ?? '';
    await links.joined(id, { address, shell: () => openShellChannel(cluster, container) });
  }
}

/** The dialer of a pod listens behind the ports of its role. */
const dialerPortOf = (role: RoleSpec): number => portOf(slotsOfRole(role).length);

async function makeNamespace({ cluster }: Target, place: Place): Promise<void> {
  const metadata = { name: place.namespace, labels: labelsOf(place) };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  await cluster.objects.create(namespace, undefined, undefined, FIELD_MANAGER);
}

/** Makes names and outside ports for all nodes, also for those that are yet to come. */
async function openWays(
  { target: { cluster, pool } }: KubernetesRunSetting,
  of: { readonly place: Place; readonly roles: readonly RoleSpec[]; readonly linked: boolean },
): Promise<Ways> {
  const { place, roles, linked } = of;
  const ports = nodePortsOf(cluster, place, pool);
  const ways = await Promise.all(
    roles.flatMap((role) =>
      nodesOfRole(role).map(async (node) => {
        const wanted = [...outsidePorts(role), ...(linked ? [dialerPortOf(role)] : [])];
        const name = nameService(place, node, slotsOfRole(role).length);
        await cluster.objects.create(name, undefined, undefined, FIELD_MANAGER);
        if (wanted.length === 0) return [node, new Map()] as const;
        const opened = await ports.open(node, wanted);
        const entries = opened.map(
          ({ port, nodePort }) => [port, { host: pool.host, port: nodePort }] as const,
        );
        return [node, new Map(entries)] as const;
      }),
    ),
  );
  return new Map(ways);
}

function openLinks(
  of: { roles: readonly RoleSpec[]; ways: Ways; classes: readonly LinkClass[] },
  run: RunContext,
): Promise<NetLinks> {
  const wayTo = (node: string, port: number): Endpoint => {
    const way = of.ways.get(node)?.get(port);
    if (way !== undefined) return way;
    throw new HighwaterError('BUG', `bug in highwater: no way to port ${port} of ${node}`);
  };
  const placed = placeNodes(of.roles);
  const ports = [...placed].flatMap(([node, { role }]) =>
    slotsOfRole(role).flatMap(({ port: name, from }, slot): LinkedPort[] => {
      if (from === 'check' || !of.classes.includes(from)) return [];
      const port = portOf(slot);
      const isLoad = from === 'load';
      return [{ node, name, port, isLoad, at: isLoad ? wayTo(node, port) : { host: node, port } }];
    }),
  );
  const dialerOf = (node: string): Endpoint =>
    wayTo(node, dialerPortOf((placed.get(node) as { role: RoleSpec }).role));
  return openNetLinks({ ports, dialerOf, nodes: [...placed.keys()], classes: of.classes }, run);
}
