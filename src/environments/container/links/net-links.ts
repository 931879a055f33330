import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { type Block, placeNodes, slotsOfRole } from '../../addresses/address-plan.ts';
import { type Endpoint, showEndpoint } from '../../endpoint.ts';
import type { LinkClass, RunContext } from '../../environment.ts';
import {
  type LinkEnd,
  type LinkLook,
  type LinkState,
  type Links,
  LOAD_END,
  type Way,
} from '../../links.ts';
import type { RoleSpec } from '../../node.ts';
import type { Sandbox } from '../sandbox.ts';
import { type CutKey, cutText, FILTER, mendText, RENEW_EVERY } from './packet-filter.ts';
import { openRelay } from './relay.ts';
import { openShell, type SandboxShell } from './sandbox-shell.ts';
import { LIST_SOCKETS, readSockets, type SocketLine } from './sockets.ts';

/** Links of a run in containers, which nodes join as they are launched. */
export interface NetLinks extends Links {
  /** A node's sandbox is there: sets its filter, with nothing cut. */
  joined(node: string, sandbox: Sandbox): Promise<void>;
}

/** What the links of a run are laid out by. */
export interface NetLinksParts {
  readonly roles: readonly RoleSpec[];
  readonly block: Block;
  readonly classes: readonly LinkClass[];
}

const WHOLE: LinkState = {
  cut: false,
  blackhole: false,
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: null,
};

/** A node's sandbox, as links use it. */
interface Linked {
  readonly address: string;
  readonly shell: SandboxShell;
}

/** A port of a node to which links lead. */
interface LinkedPort {
  readonly node: string;
  readonly name: string;
  readonly port: number;
  readonly isLoad: boolean;
}

/**
 * Links as packet filters in the nodes' own network namespaces: what a cut holds back was never
 * acknowledged, and its sender's kernel keeps it and sends it again. Both ends' kernels tell what
 * became of it. Nothing is ever set outside of a sandbox of this run.
 */
export async function openNetLinks(parts: NetLinksParts, run: RunContext): Promise<NetLinks> {
  const ports = portsOf(parts);
  const ways = new Map<string, Way[]>();
  for (const from of parts.classes.includes('peer') ? placeNodes(parts.roles).keys() : []) {
    for (const { node, name, port } of ports.filter((each) => !each.isLoad && each.node !== from)) {
      const dialer = dialerOf(from, parts);
      const relay = { dialer, to: { host: node, port }, name: `${from}→${node}:${name}` };
      const at = await openRelay(relay, run);
      const key = keyOf(from, node);
      ways.set(key, [...(ways.get(key) ?? []), { port: name, at }]);
    }
  }
  for (const { node, name, port } of ports.filter(({ isLoad }) => isLoad)) {
    ways.set(keyOf(LOAD_END, node), [{ port: name, at: { host: '127.0.0.1', port } }]);
  }
  return new PacketLinks({ ports, ways }, run);
}

/** Where the dialer of a node's sandbox is: behind the ports of its role. */
export function dialerOf(node: string, { roles, block }: Omit<NetLinksParts, 'classes'>): Endpoint {
  const { index, role } = placeNodes(roles).get(node) as { index: number; role: RoleSpec };
  return block.endpoint(index, slotsOfRole(role).length);
}

const keyOf = (from: LinkEnd, to: LinkEnd): string => `${from}→${to}`;

const portsOf = ({ roles, block, classes }: NetLinksParts): readonly LinkedPort[] =>
  [...placeNodes(roles)].flatMap(([node, { index, role }]) =>
    slotsOfRole(role).flatMap(({ port: name, from }, slot) => {
      if (from === 'check' || !classes.includes(from)) return [];
      return [{ node, name, port: block.endpoint(index, slot).port, isLoad: from === 'load' }];
    }),
  );

class PacketLinks implements NetLinks {
  readonly oneWay = 'packet';
  readonly #ports: readonly LinkedPort[];
  readonly #sandboxes = new Map<string, Linked>();
  readonly #ways: ReadonlyMap<string, readonly Way[]>;
  /** Directions that are cut. */
  readonly #cut = new Set<string>();
  readonly #run: RunContext;
  /** What is being told to the filter of a node, one thing after the other. */
  readonly #telling = new Map<string, Promise<unknown>>();
  #renewing: NodeJS.Timeout | undefined;

  constructor(
    of: {
      ports: readonly LinkedPort[];
      ways: ReadonlyMap<string, readonly Way[]>;
    },
    run: RunContext,
  ) {
    this.#ports = of.ports;
    this.#ways = of.ways;
    this.#run = run;
    run.scope.onClose('cuts', () => {
      clearInterval(this.#renewing);
      for (const { shell } of this.#sandboxes.values()) shell.close();
    });
  }

  async joined(node: string, sandbox: Sandbox): Promise<void> {
    const shell = openShell(sandbox.container);
    this.#sandboxes.set(node, { address: sandbox.address, shell });
    await shell.run('nft -f -', FILTER);
  }

  async set(from: LinkEnd, to: LinkEnd, change: Partial<LinkState>): Promise<void> {
    const other = Object.keys(change).find((key) => key !== 'cut');
    if (other !== undefined) {
      throw new HighwaterError('TARGET_REFUSED', `links in containers can be cut, not "${other}"`);
    }
    const { cut } = change;
    if (cut === undefined) return;
    const { node, keys } = this.#filterOf(from, to);
    await this.#tell(node, () => {
      if (cut) this.#cut.add(keyOf(from, to));
      else this.#cut.delete(keyOf(from, to));
      return cut ? cutText(keys) : mendText(keys);
    });
    this.#renewAll();
  }

  async heal(one: LinkEnd, other: LinkEnd): Promise<void> {
    await this.set(one, other, { cut: false });
    await this.set(other, one, { cut: false });
  }

  async reset(): Promise<number> {
    throw new HighwaterError('TARGET_REFUSED', 'links in containers can be cut, not reset');
  }

  async look(from: LinkEnd, to: LinkEnd): Promise<LinkLook> {
    const state = { ...WHOLE, cut: this.#cut.has(keyOf(from, to)) };
    // Load clients are outside: what they sent is known from the node that got it.
    const sockets = from === LOAD_END ? await this.#loadOf(to) : await this.#between(from, to);
    const sum = (of: (socket: SocketLine) => number): number =>
      sockets.reduce((all, socket) => all + of(socket), 0);
    return {
      state,
      connections: sockets.length,
      passedBytes: sum((each) => (from === LOAD_END ? each.receivedBytes : each.ackedBytes)),
      heldBytes: from === LOAD_END ? 0 : sum((each) => each.unsentBytes),
    };
  }

  ways(from: LinkEnd, to: LinkEnd): readonly Way[] {
    return this.#ways.get(keyOf(from, to)) ?? [];
  }

  async around(one: LinkEnd, other: LinkEnd): Promise<readonly string[]> {
    // Whoever comes to a port for load clients is one, and goes through the filter of that node.
    if (one === LOAD_END || other === LOAD_END) return [];
    const found = await Promise.all([this.#past(one, other), this.#past(other, one)]);
    return found.flat();
  }

  /** Connections that `from` has opened to ports of `to` at an address that is not its own. */
  async #past(from: string, to: string): Promise<readonly string[]> {
    const sandbox = this.#sandboxOf(to);
    const ports = this.#ports.filter(({ node }) => node === to).map(({ port }) => port);
    return (await this.#sockets(from))
      .filter(({ remote }) => ports.includes(remote.port) && remote.host !== sandbox.address)
      .map(
        ({ local, remote }) =>
          `${from} is connected to ${to} past their link: ${showEndpoint(local)} to ` +
          showEndpoint(remote),
      );
  }

  async #between(from: string, to: LinkEnd): Promise<readonly SocketLine[]> {
    if (to === LOAD_END) return this.#loadOf(from);
    const { address } = this.#sandboxOf(to);
    return (await this.#sockets(from)).filter(({ remote }) => remote.host === address);
  }

  async #loadOf(node: string): Promise<readonly SocketLine[]> {
    const ports = this.#loadPorts(node);
    return (await this.#sockets(node)).filter(({ local }) => ports.includes(local.port));
  }

  #loadPorts(node: string): readonly number[] {
    return this.#ports.filter((each) => each.node === node && each.isLoad).map(({ port }) => port);
  }

  async #sockets(node: string): Promise<readonly SocketLine[]> {
    return readSockets(await this.#sandboxOf(node).shell.run(LIST_SOCKETS));
  }

  /** Whose filter holds back what goes from one end to the other, and what it holds back. */
  #filterOf(from: LinkEnd, to: LinkEnd): { node: string; keys: readonly CutKey[] } {
    const loadKeys = (node: string, set: 'from_load' | 'to_load'): readonly CutKey[] =>
      this.#loadPorts(node).map((port) => ({ set, port }));
    if (from === LOAD_END) return { node: to, keys: loadKeys(to, 'from_load') };
    if (to === LOAD_END) return { node: from, keys: loadKeys(from, 'to_load') };
    const { address } = this.#sandboxOf(from);
    return { node: to, keys: [{ set: 'from_peer', address }] };
  }

  #sandboxOf(node: string): Linked {
    const sandbox = this.#sandboxes.get(node);
    if (sandbox !== undefined) return sandbox;
    throw new HighwaterError('FAULT_FAILED', `${node} was not launched: it has no links yet`);
  }

  /** The text is made when it is its turn: a renewal must not come after the heal. */
  async #tell(node: string, text: () => string): Promise<void> {
    const { shell } = this.#sandboxOf(node);
    const before = this.#telling.get(node) ?? Promise.resolve();
    const telling = before
      .catch(() => {}) // Told to whoever asked for it.
      .then(async () => {
        const rules = text();
        if (rules !== '') await shell.run('nft -f -', rules);
      });
    this.#telling.set(node, telling);
    await telling;
  }

  /** Keeps what is cut cut, for as long as this process lives. */
  #renewAll(): void {
    clearInterval(this.#renewing);
    if (this.#cut.size === 0) return;
    this.#renewing = setInterval(() => {
      for (const direction of this.#cut) {
        const [from = '', to = ''] = direction.split('→');
        const { node, keys } = this.#filterOf(from, to);
        const text = (): string => (this.#cut.has(direction) ? cutText(keys) : '');
        this.#tell(node, text).catch((thrown: unknown) =>
          // It then mends by itself, and whoever looks at the cut sees that it does not hold.
          this.#run.progress(`a cut could not be renewed: ${direction}: ${messageOf(thrown)}`),
        );
      }
    }, RENEW_EVERY);
    this.#renewing.unref();
  }
}
