import type { AddressBook } from '../../../environments/environment.ts';
import type { RoleSpec } from '../../../environments/node.ts';

/**
 * An address book that exists on paper only, for tests of the layout: node n of role r lives on
 * 127.7.r.n and its ports count up from 9091.
 */
export function paperBook(roles: readonly RoleSpec[]): AddressBook {
  const roleOf = (node: string): { role: RoleSpec; host: string } => {
    const index = roles.findIndex(({ role }) => node.startsWith(`${role}-`));
    const role = roles[index];
    if (role === undefined) throw new Error(`no such node: ${node}`);
    return { role, host: `127.7.${index}.${node.slice(role.role.length + 1)}` };
  };
  const endpoint: AddressBook['at'] = (node, port, from) => {
    const { role, host } = roleOf(node);
    const index = role.ports.findIndex(({ name }) => name === port);
    if (!role.ports[index]?.from.includes(from)) {
      throw new Error(`${node} has no port ${port} for ${from}`);
    }
    return { host, port: 9091 + index };
  };
  return {
    nodesOf: (name) => {
      const count = roles.find(({ role }) => role === name)?.countMax ?? 0;
      return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
    },
    at: endpoint,
    listen: endpoint,
    links: null,
    volume: (node, volume) => `/volumes/${node}/${volume}`,
    filesOf: (node) => `/files/${node}`,
  };
}
