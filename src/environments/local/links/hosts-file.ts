import { hostname } from 'node:os';
import { type Block, placeNodes } from '../../addresses/address-plan.ts';
import type { RoleSpec } from '../../node.ts';

/**
 * The hosts file of one node, for `-Djdk.net.hosts.file`: its own name is its own address, the name
 * of every peer is its way to that peer. A JVM with this property resolves no other names, and it
 * remembers what it looked up: the file names every node that may ever be, besides `localhost` and
 * the machine itself (without which InetAddress.getLocalHost() throws), and is never edited. Pure.
 */
export function hostsFileOf(node: string, roles: readonly RoleSpec[], block: Block): string {
  const placed = placeNodes(roles);
  const own = placed.get(node)?.index ?? 0;
  const peers = [...placed].map(([id, { index }]) => {
    const host = index === own ? block.endpoint(own, 0).host : block.way(own, index);
    return `${host} ${id}\n`;
  });
  const machine = [...new Set(['localhost', hostname()])];
  return `${machine.map((name) => `127.0.0.1 ${name}\n`).join('')}${peers.join('')}`;
}
