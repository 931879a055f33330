import { type Block, placeNodes, slotsOfRole } from '../addresses/address-plan.ts';
import { reservedFor } from '../addresses/reserved.ts';
import type { RoleSpec } from '../node.ts';
import type { LinkedPort } from '../packet-links/linked-port.ts';
import type { WaysParts } from '../packet-links/open-ways.ts';

/**
 * What links lead to in containers. A port has the same number inside and outside, and peers come
 * by the node's name; the dialer of a node's sandbox is behind the ports of its role. Pure.
 */
export function linkedEnds(roles: readonly RoleSpec[], block: Block): WaysParts {
  const nodes = placeNodes(roles);
  const reserved = reservedFor(roles);
  return {
    nodes: [...nodes.keys()],
    ports: [...nodes].flatMap(([node, { index, role }]) =>
      slotsOfRole(role).flatMap(({ port: name, from }, slot): readonly LinkedPort[] => {
        if (from === 'check') return [];
        const published = block.endpoint(index, slot);
        const { port } = published;
        const isLoad = from === 'load';
        return [{ node, name, port, isLoad, at: isLoad ? published : { host: node, port } }];
      }),
    ),
    dialerOf: (node) => {
      const { index, role } = reserved.find(node);
      return block.endpoint(index, slotsOfRole(role).length);
    },
  };
}
