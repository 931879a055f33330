import { HighwaterError } from '../../../core/errors.ts';
import { showEndpoint } from '../../endpoint.ts';
import { type LinkEnd, type Links, LOAD_END } from '../../links.ts';
import { type Established, established, socketsOf } from './established.ts';
import type { Route } from './link-routes.ts';
import type { ProxyThread } from './proxy-thread.ts';

/** What the links of a run are made of. */
export interface LocalLinksParts {
  readonly routes: readonly Route[];
  readonly proxy: ProxyThread;
  /** Pid of a node's process; null while it is down. */
  readonly pidOf: (node: string) => number | null;
}

/** The links of a run on this machine. A proxy acknowledges what it holds: cuts are of streams. */
export function localLinks({ routes, proxy, pidOf }: LocalLinksParts): Links {
  const ways = (from: LinkEnd, to: LinkEnd): readonly Route[] =>
    routes.filter((route) => route.from === from && route.to === to);
  return {
    oneWay: 'stream',
    set: (from, to, change) => proxy.set(from, to, change),
    heal: (one, other) => proxy.heal(one, other),
    reset: (one, other) => proxy.reset(one, other),
    look: (from, to) => proxy.look(from, to),
    ways: (from, to) => ways(from, to).map(({ port, at }) => ({ port, at })),
    around: async (one, other) => {
      const all = established();
      const owned = (end: LinkEnd): Owned => (end === LOAD_END ? 'anybody' : ownedBy(end, pidOf));
      return [
        ...directOf(ways(one, other), { all, owned: owned(one) }),
        ...directOf(ways(other, one), { all, owned: owned(other) }),
      ];
    },
  };
}

/** Sockets of whoever may go around a link; load clients are anybody who comes to that port. */
type Owned = ReadonlySet<string> | 'anybody';

function ownedBy(node: string, pidOf: LocalLinksParts['pidOf']): Owned {
  const pid = pidOf(node);
  if (pid === null) return new Set();
  const sockets = socketsOf(pid);
  if (sockets !== null) return sockets;
  throw new HighwaterError('FAULT_FAILED', `the connections of ${node} are not ours to see`);
}

/**
 * Connections that one end has opened to the other past the proxy. The proxy goes on from the
 * link's own address, hence whatever comes to the port of a node from another one did not come
 * through this link: straight, or by the link of somebody else.
 */
function directOf(
  routes: readonly Route[],
  { all, owned }: { readonly all: readonly Established[]; readonly owned: Owned },
): readonly string[] {
  return routes.flatMap(({ from, to, at, onward }) =>
    all
      .filter(({ remote, local, inode }) => {
        if (remote.port !== onward.port || local.host === at.host) return false;
        if (owned === 'anybody') return remote.host === onward.host;
        return owned.has(inode) && remote.host !== at.host && isOf(remote.host, onward.host);
      })
      .map(
        ({ local, remote }) =>
          `${from} is connected to ${to} past their link: ` +
          `${showEndpoint(local)} to ${showEndpoint(remote)}`,
      ),
  );
}

/** Whether an address leads to the node: its own, or any way to it (the last octet is its). */
const isOf = (host: string, node: string): boolean => {
  const [a, b, , d] = host.split('.');
  const [p, q, , s] = node.split('.');
  return a === p && b === q && d === s;
};
