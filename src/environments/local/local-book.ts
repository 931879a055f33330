import type { Block } from '../addresses/address-plan.ts';
import { reservedFor } from '../addresses/reserved.ts';
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
  const reserved = reservedFor(roles);
  const endpoint = (node: string, port: string, from: Vantage): Endpoint => {
    const { index, slot } = reserved.listener(node, port, from);
    return block.endpoint(index, slot);
  };
  const behindLink = (node: string, port: string, from: Vantage): Endpoint => {
    const direct = endpoint(node, port, from);
    if (from === 'check' || !classes.includes(from)) return direct;
    // What the name means is in the hosts file of whoever asks: its own way to that node.
    const host = from === 'peer' ? node : block.way(null, reserved.find(node).index);
    return { host: host ?? direct.host, port: direct.port };
  };
  return {
    nodesOf: reserved.nodesOf,
    at: behindLink,
    listen: endpoint,
    links,
    volume: (node, volume) => {
      reserved.checkVolume(node, volume);
      return places(node).volume(volume);
    },
    filesOf: (node) => {
      reserved.find(node);
      return places(node).files;
    },
  };
}
