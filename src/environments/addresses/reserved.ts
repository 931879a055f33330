import { HighwaterError } from '../../core/errors.ts';
import type { RoleSpec, Vantage } from '../node.ts';
import { nodesOfRole, placeNodes, slotOf, slotsOfRole } from './address-plan.ts';

/** What was reserved for a run, looked up by name; what was not is a mistake of ours, and told. */
export interface Reserved {
  /** Node ids of a role, in order. */
  nodesOf(role: string): readonly string[];
  /** A node's number among all, and its role. */
  find(node: string): { readonly index: number; readonly role: RoleSpec };
  /** The node's number, and that of the listener to which a vantage comes for a port. */
  listener(node: string, port: string, from: Vantage): { index: number; slot: number };
  /** Throws unless the node has the volume. */
  checkVolume(node: string, volume: string): void;
}

/** The look-ups of an address book. Pure. */
export function reservedFor(roles: readonly RoleSpec[]): Reserved {
  const placed = placeNodes(roles);
  const find: Reserved['find'] = (node) => {
    const found = placed.get(node);
    if (found !== undefined) return found;
    throw notReserved(`node "${node}"`, [...placed.keys()]);
  };
  return {
    find,
    nodesOf: (name) => {
      const role = roles.find((each) => each.role === name);
      if (role !== undefined) return nodesOfRole(role);
      const known = roles.map((each) => each.role);
      throw notReserved(`role "${name}"`, known);
    },
    listener: (node, port, from) => {
      const { index, role } = find(node);
      const slot = slotOf(role, port, from);
      if (slot >= 0) return { index, slot };
      const known = slotsOfRole(role).map((each) => `${each.port} from ${each.from}`);
      throw notReserved(`port "${port}" of ${node} from ${from}`, known);
    },
    checkVolume: (node, volume) => {
      const { volumes } = find(node).role;
      if (!volumes.includes(volume)) throw notReserved(`volume "${volume}" of ${node}`, volumes);
    },
  };
}

const notReserved = (what: string, known: readonly string[]): HighwaterError =>
  new HighwaterError('BUG', `bug in highwater: ${what} was not reserved (${known.join(', ')})`);
