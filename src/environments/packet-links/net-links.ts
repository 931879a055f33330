import { type Clock, realClock } from '../../core/clock.ts';
import { HighwaterError, messageOf } from '../../core/errors.ts';
import { showEndpoint } from '../endpoint.ts';
import type { LinkClass, RunContext } from '../environment.ts';
import { type LinkEnd, type LinkLook, type LinkState, type Links, LOAD_END } from '../links.ts';
import { Cuts, type EndKeys, filteredAt } from './cuts.ts';
import { type Channel, openInnerShell } from './inner-shell.ts';
import type { LinkedPort } from './linked-port.ts';
import { NodeNetwork } from './node-network.ts';
import { openWays, type Ways, type WaysParts } from './open-ways.ts';
import { RENEW_EVERY } from './packet-filter.ts';
import type { SocketLine } from './sockets.ts';

/** Links of a run whose nodes have networks of their own, which join as they are launched. */
export interface NetLinks extends Links {
  /**
   * A node has a network, its first or another one: its filter is set there, with what is cut, and
   * peers hold its new address back instead of the old one. Returns when all that is in force.
   */
  joined(node: string, network: JoinedNetwork): Promise<void>;
  /**
   * A node's network is gone, and its address may be another's soon: peers hold it back no longer.
   * What is cut is remembered, and can be changed, until the node joins again. Idempotent.
   */
  left(node: string): Promise<void>;
}

/** The network of a node, as links need it. */
export interface JoinedNetwork {
  /** Where peers reach the node, and where what it sends comes from. */
  readonly address: string;
  /** Opens a shell in it, which may tell and change its packet filter and see its sockets. */
  readonly shell: () => Promise<Channel>;
}

/** What the links of a run are laid out by. */
export interface NetLinksParts extends WaysParts {
  /** Ports of other classes are let be. */
  readonly classes: readonly LinkClass[];
  /** Real unless told, whatever the environment's is: kernels count the time-outs of cuts. */
  readonly clock?: Clock;
}

const WHOLE: LinkState = {
  cut: false,
  blackhole: false,
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: null,
};

/**
 * Links as packet filters in the nodes' own network namespaces: what a cut holds back was never
 * acknowledged, and its sender's kernel keeps it and sends it again. Both ends' kernels tell what
 * became of it. Nothing is ever set outside of the networks of nodes of this run.
 */
export async function openNetLinks(parts: NetLinksParts, run: RunContext): Promise<NetLinks> {
  const { nodes, dialerOf, classes, clock = realClock() } = parts;
  const ports = parts.ports.filter(({ isLoad }) => classes.includes(isLoad ? 'load' : 'peer'));
  const links = new PacketLinks({
    ports,
    ways: await openWays({ nodes, ports, dialerOf }, run),
    clock,
  });
  run.scope.onClose('cuts', () => links.close());
  run.scope.task('renewing cuts', async (signal) => {
    for (;;) {
      await clock.sleep(RENEW_EVERY, signal);
      links.renew(run.progress);
    }
  });
  return links;
}

class PacketLinks implements NetLinks {
  readonly oneWay = 'packet';
  readonly ways: Ways;
  readonly #ports: readonly LinkedPort[];
  readonly #clock: Clock;
  readonly #cuts = new Cuts();
  /** Null: it has none at present, between two lives. A node that was never launched is not in. */
  readonly #networks = new Map<string, NodeNetwork | null>();
  /** Every address that a node has or had. */
  readonly #addresses = new Set<string>();

  constructor(of: { ports: readonly LinkedPort[]; ways: Ways; clock: Clock }) {
    this.#ports = of.ports;
    this.ways = of.ways;
    this.#clock = of.clock;
  }

  async joined(node: string, { address, shell: open }: JoinedNetwork): Promise<void> {
    this.#networks.get(node)?.close();
    const shell = openInnerShell({ node, open, clock: this.#clock });
    const ends: EndKeys = {
      addressOf: (peer) => this.#networks.get(peer)?.address,
      loadPorts: (of) => this.#loadPorts(of),
    };
    const wanted = () => this.#cuts.keysAt(node, ends);
    this.#networks.set(node, new NodeNetwork({ address, shell, wanted }));
    this.#addresses.add(address);
    await this.#enforceAll([node, ...this.#cuts.receiversOf(node)]);
  }

  async left(node: string): Promise<void> {
    const network = this.#networks.get(node);
    if (network === undefined || network === null) return;
    this.#networks.set(node, null);
    network.close();
    // What cannot be told now is told with the next renewal, or the kernel's time-out mends it.
    await this.#enforceAll(this.#cuts.receiversOf(node)).catch(() => {});
  }

  async set(from: LinkEnd, to: LinkEnd, change: Partial<LinkState>): Promise<void> {
    const other = Object.keys(change).find((key) => key !== 'cut');
    if (other !== undefined) {
      const text = `links by packet filters can be cut, not "${other}"`;
      throw new HighwaterError('TARGET_REFUSED', text);
    }
    const { cut } = change;
    if (cut === undefined) return;
    for (const end of [from, to]) if (end !== LOAD_END) this.#networkOf(end);
    this.#cuts.set({ from, to }, cut);
    await this.#enforce(filteredAt({ from, to }));
  }

  async heal(one: LinkEnd, other: LinkEnd): Promise<void> {
    await this.set(one, other, { cut: false });
    await this.set(other, one, { cut: false });
  }

  async reset(): Promise<number> {
    const text = 'links by packet filters can be cut, not reset';
    throw new HighwaterError('TARGET_REFUSED', text);
  }

  async look(from: LinkEnd, to: LinkEnd): Promise<LinkLook> {
    const state = { ...WHOLE, cut: this.#cuts.has({ from, to }) };
    // Load clients are outside: what they sent is known from the node that got it.
    const sockets = from === LOAD_END ? await this.#loadOf(to) : await this.#between(from, to);
    const sum = (of: (socket: SocketLine) => number): number =>
      sockets.reduce((all, socket) => all + of(socket), 0);
    return {
      state,
      connections: sockets.length,
      passedBytes: sum((each) => (from === LOAD_END ? each.receivedBytes : each.ackedBytes)),
      heldBytes: from === LOAD_END ? 0 : sum((each) => each.heldBytes),
    };
  }

  async around(one: LinkEnd, other: LinkEnd): Promise<readonly string[]> {
    // Whoever comes to a port for load clients is one, and goes through the filter of that node.
    if (one === LOAD_END || other === LOAD_END) return [];
    const found = await Promise.all([this.#past(one, other), this.#past(other, one)]);
    return found.flat();
  }

  /** Keeps what is cut cut, for as long as this process lives. */
  renew(progress: (text: string) => void): void {
    for (const node of this.#networks.keys()) {
      this.#enforce(node).catch((thrown: unknown) =>
        // It then mends by itself, and whoever looks at the cut sees that it does not hold.
        progress(`cuts at ${node} could not be renewed: ${messageOf(thrown)}`),
      );
    }
  }

  close(): void {
    for (const network of this.#networks.values()) network?.close();
  }

  /**
   * Connections that `from` has opened to ports of `to` at an address that is no node's. At that of
   * a third node the same number is another port, at one that a node had is nobody any more, and
   * loopback leads from a node to itself.
   */
  async #past(from: string, to: string): Promise<readonly string[]> {
    if (this.#networkOf(to) === null) return [];
    const ports = this.#ports
      .filter(({ node }) => node === to)
      .flatMap(({ port, at }) => [port, at.port]);
    return (await this.#sockets(from))
      .filter(({ remote: { host, port } }) => ports.includes(port) && !this.#isOfNodes(host))
      .map(
        ({ local, remote }) =>
          `${from} is connected to ${to} past their link: ${showEndpoint(local)} to ` +
          showEndpoint(remote),
      );
  }

  #isOfNodes(host: string): boolean {
    return this.#addresses.has(host) || host.startsWith('127.') || host === '::1';
  }

  async #between(from: string, to: LinkEnd): Promise<readonly SocketLine[]> {
    if (to === LOAD_END) return this.#loadOf(from);
    const peer = this.#networkOf(to);
    if (peer === null) return [];
    return (await this.#sockets(from)).filter(({ remote }) => remote.host === peer.address);
  }

  async #loadOf(node: string): Promise<readonly SocketLine[]> {
    const ports = this.#loadPorts(node);
    return (await this.#sockets(node)).filter(({ local }) => ports.includes(local.port));
  }

  #loadPorts(node: string): readonly number[] {
    return this.#ports.filter((each) => each.node === node && each.isLoad).map(({ port }) => port);
  }

  #sockets(node: string): Promise<readonly SocketLine[]> {
    return this.#ask(node, (network) => network.sockets(), []);
  }

  #enforce(node: string): Promise<void> {
    return this.#ask(node, (network) => network.enforce(), undefined);
  }

  /** At all of them, also when one fails; then throws what it failed with. */
  async #enforceAll(nodes: readonly string[]): Promise<void> {
    const enforced = await Promise.allSettled(nodes.map((node) => this.#enforce(node)));
    const failed = enforced.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
  }

  /** Asks a node's network, or the one that took its place meanwhile; `away` when there is none. */
  async #ask<T>(node: string, ask: (of: NodeNetwork) => Promise<T>, away: T): Promise<T> {
    const network = this.#networkOf(node);
    if (network === null) return away;
    try {
      return await ask(network);
    } catch (thrown) {
      if (this.#networks.get(node) === network) throw thrown;
      return this.#ask(node, ask, away);
    }
  }

  #networkOf(node: string): NodeNetwork | null {
    const network = this.#networks.get(node);
    if (network !== undefined) return network;
    throw new HighwaterError('FAULT_FAILED', `${node} was not launched: it has no links yet`);
  }
}
