import type { Endpoint } from '../endpoint.ts';
import type { RunContext } from '../environment.ts';
import { type LinkEnd, LOAD_END, type Way } from '../links.ts';
import type { LinkedPort } from './linked-port.ts';
import { openRelay } from './relay.ts';

/** Between whom there are to be ways. */
export interface WaysParts {
  readonly nodes: readonly string[];
  readonly ports: readonly LinkedPort[];
  /** Where a node's dialer is reached from this machine, the same for as long as the run lives. */
  readonly dialerOf: (node: string) => Endpoint;
}

/** Where one end reaches the ports of another, for whoever looks from this machine. */
export type Ways = (from: LinkEnd, to: LinkEnd) => readonly Way[];

/** Opens a relay for each way of a node to a port of a peer; the run's scope closes them. */
export async function openWays(parts: WaysParts, run: RunContext): Promise<Ways> {
  const { nodes, ports, dialerOf } = parts;
  const ways: { readonly from: LinkEnd; readonly to: LinkEnd; readonly way: Way }[] = [];
  for (const { node, name, isLoad, at } of ports) {
    // Whoever looks from this machine stands where the load clients are.
    if (isLoad) ways.push({ from: LOAD_END, to: node, way: { port: name, at } });
    for (const from of isLoad ? [] : nodes.filter((each) => each !== node)) {
      const relay = { dialer: dialerOf(from), to: at, name: `${from}→${node}:${name}` };
      ways.push({ from, to: node, way: { port: name, at: await openRelay(relay, run) } });
    }
  }
  return (from, to) =>
    ways.filter((each) => each.from === from && each.to === to).map(({ way }) => way);
}
