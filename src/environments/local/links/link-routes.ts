import { type Block, placeNodes, slotsOfRole } from '../../addresses/address-plan.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { LinkClass } from '../../environment.ts';
import { type LinkEnd, LOAD_END } from '../../links.ts';
import type { RoleSpec } from '../../node.ts';

/**
 * Every way of a run that goes through a proxy: `at` is where `from` comes to, `onward` where the
 * port of `to` is. A way to a node exists per pair and port, so that the address alone says who
 * comes: nobody has to be asked for its name.
 */
export interface Route {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly port: string;
  readonly at: Endpoint;
  readonly onward: Endpoint;
}

/** The routes of all reserved nodes, also of those that may be launched later. Pure. */
export function routesOf(
  roles: readonly RoleSpec[],
  block: Block,
  classes: readonly LinkClass[],
): readonly Route[] {
  const placed = [...placeNodes(roles)].map(([id, { index, role }]) => ({ id, index, role }));
  return placed.flatMap((to) =>
    slotsOfRole(to.role).flatMap(({ port, from: vantage }, slot) => {
      if (vantage === 'check' || !classes.includes(vantage)) return [];
      const onward = block.endpoint(to.index, slot);
      const comers: readonly { id: LinkEnd; index: number | null }[] =
        vantage === 'load'
          ? [{ id: LOAD_END, index: null }]
          : placed.filter(({ id }) => id !== to.id);
      return comers.flatMap(({ id, index }) => {
        const host = block.way(index, to.index);
        if (host === null) return [];
        return [{ from: id, to: to.id, port, at: { host, port: onward.port }, onward }];
      });
    }),
  );
}
