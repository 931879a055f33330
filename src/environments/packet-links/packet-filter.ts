import type { Span } from '../../core/time.ts';
import { seconds } from '../../core/time.ts';

/**
 * The packet filter of a node's network namespace, as text for `nft -f`. Rules are set once and
 * drop what is in a set; what is in a set goes by itself after a while unless it is renewed, so
 * that the kernel mends every cut when whoever made it dies. Pure.
 */

/** How long the kernel keeps a cut that nobody renews. */
export const CUT_LASTS: Span = seconds(30);
/** How often a cut is renewed. */
export const RENEW_EVERY: Span = seconds(10);

const TABLE = 'inet highwater';

/** One thing that a node's filter may hold back. */
export type CutKey =
  /** What comes from a peer, by its address. */
  | { readonly set: 'from_peer'; readonly address: string }
  /** What load clients send to a port, or what the node answers them. */
  | { readonly set: 'from_load' | 'to_load'; readonly port: number };

/**
 * The rules of a namespace, with nothing cut. What comes to an open connection is dropped with
 * word to its sender that the host cannot be reached, as a router behind which a line is down
 * gives it: a kernel that hears this goes on sending again every few seconds (RFC 6069). One that
 * hears nothing waits twice as long each time, and after a cut of half a minute for half a minute
 * more. To who opens a connection nothing is said: it would fail at once, and not hang. Those of
 * an earlier set-up go in the same transaction: a namespace may be the same after all, and is
 * never without a filter then.
 */
export const FILTER = `
add table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
  set from_peer { type ipv4_addr; flags timeout; }
  set from_load { type inet_service; flags timeout; }
  set to_load { type inet_service; flags timeout; }
  chain arriving {
    type filter hook input priority 0; policy accept;
    ip saddr @from_peer tcp flags syn counter drop
    ip saddr @from_peer meta l4proto tcp counter reject with icmp type host-unreachable
    ip saddr @from_peer meta l4proto != icmp counter drop
    tcp dport @from_load counter drop
  }
  chain leaving {
    type filter hook output priority 0; policy accept;
    tcp sport @to_load counter drop
  }
}
`;

/** Whether two keys are one thing of a filter. */
export const isSameKey = (one: CutKey, other: CutKey): boolean =>
  one.set === other.set && elementOf(one) === elementOf(other);

const elementOf = (key: CutKey): string => String('address' in key ? key.address : key.port);

/**
 * Cuts, or renews cuts, from now on. All or nothing, and never a moment without: an element that
 * is there is not renewed by adding it, so it is taken out and put in again in one transaction.
 */
export const cutText = (keys: readonly CutKey[]): string =>
  keys
    .map((key) => {
      const of = `element ${TABLE} ${key.set}`;
      const element = elementOf(key);
      return (
        `add ${of} { ${element} timeout ${CUT_LASTS / 1_000}s }\n` +
        `delete ${of} { ${element} }\n` +
        `add ${of} { ${element} timeout ${CUT_LASTS / 1_000}s }\n`
      );
    })
    .join('');

/** Lets pass again, whether it was cut or not. */
export const mendText = (keys: readonly CutKey[]): string =>
  keys
    .map((key) => {
      const of = `element ${TABLE} ${key.set}`;
      const element = elementOf(key);
      return `add ${of} { ${element} timeout 1s }\ndelete ${of} { ${element} }\n`;
    })
    .join('');
