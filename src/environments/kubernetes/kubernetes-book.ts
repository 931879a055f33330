import { slotsOfRole } from '../addresses/address-plan.ts';
import { reservedFor } from '../addresses/reserved.ts';
import type { Endpoint } from '../endpoint.ts';
import type { AddressBook } from '../environment.ts';
import { FILES, volumePath } from '../images/paths.ts';
import type { Links } from '../links.ts';
import type { RoleSpec, Vantage } from '../node.ts';
import { portOf } from './layout.ts';

/** Where each listener of a node is reached from outside, by the number of its port in the pod. */
export type OutsideWays = ReadonlyMap<string, ReadonlyMap<number, Endpoint>>;

/** Ports of a role's pods that are reached from outside of the cluster. Pure. */
export const outsidePorts = (role: RoleSpec): readonly number[] =>
  slotsOfRole(role).flatMap(({ from, also }, slot) =>
    [from, ...also].some((each) => each !== 'peer') ? [portOf(slot)] : [],
  );

/**
 * The address book of a run in a cluster. All pods listen at the same numbers; peers come by the
 * node's name, and load and checks by a port of the cluster's nodes that stays the same when a pod
 * is replaced. Pure.
 */
export function kubernetesBook(
  roles: readonly RoleSpec[],
  ways: OutsideWays,
  links: Links | null,
): AddressBook {
  const reserved = reservedFor(roles);
  const at = (node: string, name: string, from: Vantage): Endpoint => {
    const port = portOf(reserved.listener(node, name, from).slot);
    if (from === 'peer') return { host: node, port };
    const way = ways.get(node)?.get(port);
    if (way === undefined) throw new Error(`bug in highwater: no way to port ${port} of ${node}`);
    return way;
  };
  return {
    nodesOf: reserved.nodesOf,
    at,
    listen: (node, name, from) => ({
      host: '0.0.0.0',
      port: portOf(reserved.listener(node, name, from).slot),
    }),
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
