import { HighwaterError } from '../../core/errors.ts';
import type { AddressBook } from '../environment.ts';
import type { RoleSpec } from '../node.ts';

const FIRST_PORT = 9_000;

/**
 * Addresses and paths that name things and lead nowhere: hosts end in `.invalid`, which no resolver
 * ever answers (RFC 6761).
 */
export function memoryBook(run: string, roles: readonly RoleSpec[]): AddressBook {
  const roleOf = new Map<string, RoleSpec>();
  for (const role of roles) for (const node of nodeIds(role)) roleOf.set(node, role);
  const specOf = (node: string): RoleSpec => {
    const role = roleOf.get(node);
    if (role !== undefined) return role;
    throw new HighwaterError('BUG', `no addresses were reserved for node "${node}"`);
  };
  const endpoint: AddressBook['at'] = (node, port, from) => {
    const ports = specOf(node).ports.flatMap(({ name, from: vantages }) =>
      vantages.map((vantage) => ({ name, vantage })),
    );
    const at = ports.findIndex(({ name, vantage }) => name === port && vantage === from);
    if (at >= 0) return { host: `${node}.memory.invalid`, port: FIRST_PORT + at };
    throw new HighwaterError('BUG', `node "${node}" has no port "${port}" for ${from}`);
  };
  return {
    nodesOf: (name) => roles.filter(({ role }) => role === name).flatMap(nodeIds),
    at: endpoint,
    listen: endpoint,
    links: null,
    volume: (node, volume) => {
      if (specOf(node).volumes.includes(volume)) return `/memory/${run}/${node}/${volume}`;
      throw new HighwaterError('BUG', `node "${node}" has no volume "${volume}"`);
    },
    filesOf: (node) => `/memory/${run}/${specOf(node) && node}/files`,
  };
}

/** `broker-1` … up to what was reserved. */
export const nodeIds = (role: RoleSpec): readonly string[] =>
  Array.from({ length: role.countMax }, (_, index) => `${role.role}-${index + 1}`);
