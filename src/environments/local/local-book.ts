import { HighwaterError } from '../../core/errors.ts';
import {
  type Block,
  nodesOfRole,
  placeNodes,
  slotOf,
  slotsOfRole,
} from '../addresses/address-plan.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook, LinkClass } from '../environment.ts';
import type { Links } from '../links.ts';
import type { RoleSpec, Vantage } from '../node.ts';
import type { NodePlaces } from './node-places.ts';

/** What an address book is made of. */
export interface LocalBookParts {
  readonly block: Block;
  readonly places: (node: string) => NodePlaces;
  readonly classes?: readonly LinkClass[];
  readonly links?: Links | null;
}

/** The address book of a run: pure look-ups in its block and below its work folder. */
export function localBook(
  roles: readonly RoleSpec[],
  { block, places, classes = [], links = null }: LocalBookParts,
): AddressBook {
  const placed = placeNodes(roles);
  const find = (node: string): { index: number; role: RoleSpec } => {
    const found = placed.get(node);
    if (found === undefined) throw unknownTo(`node "${node}"`, [...placed.keys()]);
    return found;
  };
  const endpoint = (node: string, port: string, from: Vantage): Endpoint => {
    const { index, role } = find(node);
    const slots = slotsOfRole(role);
    const slot = slotOf(role, port, from);
    if (slot >= 0) return block.endpoint(index, slot);
    const known = slots.map((each) => `${each.port} from ${each.from}`);
    throw unknownTo(`port "${port}" of ${node} from ${from}`, known);
  };
  const behindLink = (node: string, port: string, from: Vantage): Endpoint => {
    const direct = endpoint(node, port, from);
    if (from === 'check' || !classes.includes(from)) return direct;
    // What the name means is in the hosts file of whoever asks: its own way to that node.
    const host = from === 'peer' ? node : block.way(null, find(node).index);
    return { host: host ?? direct.host, port: direct.port };
  };
  return {
    nodesOf: (name) => {
      const role = roles.find((each) => each.role === name);
      if (role === undefined)
        throw unknownTo(
          `role "${name}"`,
          roles.map((each) => each.role),
        );
      return nodesOfRole(role);
    },
    at: behindLink,
    listen: endpoint,
    links,
    volume: (node, volume) => {
      const { role } = find(node);
      if (!role.volumes.includes(volume)) {
        throw unknownTo(`volume "${volume}" of ${node}`, role.volumes);
      }
      return places(node).volume(volume);
    },
    filesOf: (node) => {
      find(node);
      return places(node).files;
    },
  };
}

const unknownTo = (what: string, known: readonly string[]): HighwaterError =>
  new HighwaterError('BUG', `bug in highwater: ${what} was not reserved (${known.join(', ')})`);
