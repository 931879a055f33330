import { HighwaterError } from '../../core/errors.ts';
import type { AddressBook, Endpoint } from '../environment.ts';
import type { RoleSpec, Vantage } from '../node.ts';
import { type Block, nodesOfRole, placeNodes, slotsOfRole } from './address-plan.ts';
import type { NodePlaces } from './node-places.ts';

/** The address book of a run: pure look-ups in its block and below its work folder. */
export function localBook(
  roles: readonly RoleSpec[],
  block: Block,
  places: (node: string) => NodePlaces,
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
    const slot = slots.findIndex((each) => each.port === port && each.from === from);
    if (slot >= 0) return block.endpoint(index, slot);
    const known = slots.map((each) => `${each.port} from ${each.from}`);
    throw unknownTo(`port "${port}" of ${node} from ${from}`, known);
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
    at: (node, port, from) => endpoint(node, port, from),
    listen: (node, port, from) => endpoint(node, port, from),
    links: null,
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
