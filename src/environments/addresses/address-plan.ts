import type { Endpoint } from '../endpoint.ts';
import type { LinkClass } from '../environment.ts';
import type { RoleSpec, Vantage } from '../node.ts';

/**
 * Which node has which address and which of its ports is which number: pure, given a block. On
 * Linux all of 127.0.0.0/8 is there, so a block is 127.R.0.0/24 and every node has an address of
 * its own, with the same port numbers on each. Elsewhere a block is a range of ports on 127.0.0.1.
 */
export interface Block {
  /** For locks and messages: "127.23.0" or "ports-20200". */
  readonly name: string;
  /** Held by a listening socket for as long as the run lives; the kernel gives it back. */
  readonly guard: Endpoint;
  /** Address of node number `index`, from 0, and its port number `slot`, from 0. */
  endpoint(index: number, slot: number): Endpoint;
  /**
   * The address that stands for the way of one node to another, or of the load clients (null) to
   * it; null where there are no such addresses.
   */
  way(from: number | null, to: number): string | null;
  /** The block's own number, from 0. */
  readonly ordinal: number;
}

/** The most nodes that one run can have. */
export const NODES_MAX = 250;
/** The most nodes between which there can be links: each pair takes a listening socket a port. */
const LINKED_NODES_MAX = 40;
/** Third octet of the ways of load clients; no node has this number. */
const LOAD_OCTET = 254;
const PORTS_PER_NODE = 8;
/** Where nodes have no addresses of their own: how many a range of ports is for. */
const NODES_PER_RANGE = 50;
const PORT_RANGE = NODES_PER_RANGE * PORTS_PER_NODE;

/** Second octets that runs use: below are addresses that people set up by hand (127.0.1.1). */
const FIRST_OCTET = 16;
const LAST_OCTET = 250;

/** A block of loopback addresses; port numbers start at `firstPort`. */
export const addressBlock = (ordinal: number, firstPort: number): Block => ({
  name: `127.${FIRST_OCTET + ordinal}.0`,
  ordinal,
  // A number of its own, so that a stranger who listens on all addresses blocks one block at most.
  guard: { host: `127.${FIRST_OCTET + ordinal}.0.254`, port: 21_000 + ordinal },
  endpoint: (index, slot) => ({
    host: `127.${FIRST_OCTET + ordinal}.0.${index + 1}`,
    port: firstPort + slot,
  }),
  way: (from, to) =>
    `127.${FIRST_OCTET + ordinal}.${from === null ? LOAD_OCTET : from + 1}.${to + 1}`,
});

/** A block of ports on 127.0.0.1. */
export const portBlock = (ordinal: number): Block => {
  const base = 20_000 + ordinal * (PORT_RANGE + 1);
  return {
    name: `ports-${base}`,
    ordinal,
    guard: { host: '127.0.0.1', port: base },
    endpoint: (index, slot) => ({
      host: '127.0.0.1',
      port: base + 1 + index * PORTS_PER_NODE + slot,
    }),
    way: () => null,
  };
};

/** How many blocks there are. */
export const addressBlockCount = LAST_OCTET - FIRST_OCTET + 1;
/** How many ranges of ports fit below where the kernel takes its own ports from. */
export const portBlockCount = Math.floor((32_000 - 20_000) / (PORT_RANGE + 1));

/** Node ids of a role in order: broker-1, broker-2, … */
export const nodesOfRole = (role: RoleSpec): readonly string[] =>
  Array.from({ length: role.countMax }, (_, index) => `${role.role}-${index + 1}`);

/** Every node of all roles with its number in the block. */
export function placeNodes(
  roles: readonly RoleSpec[],
): ReadonlyMap<string, { readonly index: number; readonly role: RoleSpec }> {
  const placed = new Map<string, { index: number; role: RoleSpec }>();
  for (const role of roles) {
    for (const id of nodesOfRole(role)) placed.set(id, { index: placed.size, role });
  }
  return placed;
}

/** One listener of a node, and who comes to it. */
export interface Slot {
  readonly port: string;
  /** Whose it is. */
  readonly from: Vantage;
  /** Who comes to it besides, because the software cannot have another. */
  readonly also: readonly Vantage[];
}

/** Listeners of a role in order: one for each pair of port name and vantage, or one for all. */
export const slotsOfRole = (role: RoleSpec): readonly Slot[] =>
  role.ports.flatMap(({ name, from: vantages, oneListener }): Slot[] => {
    const [first, ...also] = vantages;
    if (oneListener !== true) return vantages.map((from) => ({ port: name, from, also: [] }));
    return first === undefined ? [] : [{ port: name, from: first, also }];
  });

/** Number of the listener to which a vantage comes for a port; -1 when there is none. */
export const slotOf = (role: RoleSpec, port: string, vantage: Vantage): number =>
  slotsOfRole(role).findIndex(
    (slot) => slot.port === port && (slot.from === vantage || slot.also.includes(vantage)),
  );

/** What is wrong with the roles, for the one who laid them out; empty when they fit. */
export function misfits(
  roles: readonly RoleSpec[],
  ownAddresses: boolean,
  links: readonly LinkClass[] = [],
): readonly string[] {
  const nodes = roles.reduce((sum, role) => sum + role.countMax, 0);
  const nodesMax = ownAddresses ? NODES_MAX : NODES_PER_RANGE;
  const problems: string[] = [];
  if (nodes > nodesMax) problems.push(`${nodes} nodes, at most ${nodesMax} have addresses here`);
  if (links.length > 0 && !ownAddresses) {
    problems.push('links need an address for every node, which only Linux has');
  }
  if (links.includes('peer') && nodes > LINKED_NODES_MAX) {
    problems.push(`${nodes} nodes, at most ${LINKED_NODES_MAX} can be linked pair by pair`);
  }
  for (const role of roles) {
    const slots = slotsOfRole(role).length;
    if (slots > PORTS_PER_NODE) {
      problems.push(`role ${role.role} has ${slots} ports, at most ${PORTS_PER_NODE} fit`);
    }
    if (role.count > role.countMax) {
      problems.push(
        `role ${role.role} starts ${role.count} nodes, its countMax is ${role.countMax}`,
      );
    }
  }
  const names = roles.map((role) => role.role);
  for (const name of new Set(names.filter((each, at) => names.indexOf(each) !== at))) {
    problems.push(`role ${name} is there twice`);
  }
  return problems;
}
