import { HighwaterError } from '../../core/errors.ts';
import {
  type Block,
  nodesOfRole,
  placeNodes,
  slotOf,
  slotsOfRole,
} from '../addresses/address-plan.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook } from '../environment.ts';
import type { Links } from '../links.ts';
import type { RoleSpec, Vantage } from '../node.ts';
import { FILES, volumePath } from './layout.ts';

/**
 * The address book of a run in containers. Every port of a node and vantage has a number of its
 * own, the same inside the container and outside, published on loopback: so an address says which
 * node it is, and stays what it is over every restart. Peers come by the node's name.
 */
export function containerBook(
  roles: readonly RoleSpec[],
  block: Block,
  links: Links | null,
): AddressBook {
  const placed = placeNodes(roles);
  const roleOf = (node: string): { index: number; role: RoleSpec } => {
    const found = placed.get(node);
    if (found === undefined) throw notReserved(`node "${node}"`, [...placed.keys()]);
    return found;
  };
  const published = (node: string, port: string, from: Vantage): Endpoint => {
    const { index, role } = roleOf(node);
    const slots = slotsOfRole(role);
    const slot = slotOf(role, port, from);
    if (slot >= 0) return block.endpoint(index, slot);
    const known = slots.map((each) => `${each.port} from ${each.from}`);
    throw notReserved(`port "${port}" of ${node} from ${from}`, known);
  };
  return {
    nodesOf: (name) => {
      const role = roles.find((each) => each.role === name);
      if (role !== undefined) return nodesOfRole(role);
      throw notReserved(
        `role "${name}"`,
        roles.map((each) => each.role),
      );
    },
    at: (node, port, from) => {
      const at = published(node, port, from);
      return from === 'peer' ? { host: node, port: at.port } : at;
    },
    listen: (node, port, from) => ({ host: '0.0.0.0', port: published(node, port, from).port }),
    links,
    volume: (node, volume) => {
      const { volumes } = roleOf(node).role;
      if (volumes.includes(volume)) return volumePath(volume);
      throw notReserved(`volume "${volume}" of ${node}`, volumes);
    },
    filesOf: (node) => (roleOf(node), FILES),
  };
}

const notReserved = (what: string, known: readonly string[]): HighwaterError =>
  new HighwaterError('BUG', `bug in highwater: ${what} was not reserved (${known.join(', ')})`);
