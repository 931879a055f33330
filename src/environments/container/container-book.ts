import type { Block } from '../addresses/address-plan.ts';
import { reservedFor } from '../addresses/reserved.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook } from '../environment.ts';
import { FILES, volumePath } from '../images/paths.ts';
import type { Links } from '../links.ts';
import type { RoleSpec, Vantage } from '../node.ts';

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
  const reserved = reservedFor(roles);
  const published = (node: string, port: string, from: Vantage): Endpoint => {
    const { index, slot } = reserved.listener(node, port, from);
    return block.endpoint(index, slot);
  };
  return {
    nodesOf: reserved.nodesOf,
    at: (node, port, from) => {
      const at = published(node, port, from);
      return from === 'peer' ? { host: node, port: at.port } : at;
    },
    listen: (node, port, from) => ({ host: '0.0.0.0', port: published(node, port, from).port }),
    links,
    volume: (node, volume) => {
      reserved.checkVolume(node, volume);
      return volumePath(volume);
    },
    filesOf: (node) => {
      reserved.find(node);
      return FILES;
    },
  };
}
