import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, placeNodes } from '../../addresses/address-plan.ts';
import type { LinkClass, RunContext } from '../../environment.ts';
import type { Links } from '../../links.ts';
import type { RoleSpec } from '../../node.ts';
import { hostsFileOf } from './hosts-file.ts';
import { routesOf } from './link-routes.ts';
import { localLinks } from './local-links.ts';
import { startProxy } from './proxy-thread.ts';

/** Between whom there are to be links, and where. */
export interface LinkNeeds {
  readonly classes: readonly LinkClass[];
  readonly roles: readonly RoleSpec[];
  readonly block: Block;
  /** The run's work folder. */
  readonly work: string;
  /** Pid of a node's process; null while it is down. */
  readonly pidOf: (node: string) => number | null;
}

/** Links that are in force before any node is launched. */
export interface OpenLinks {
  readonly links: Links | null;
  /** The hosts file that a node has to be started with; null when it needs none. */
  readonly hostsFileOf: (node: string) => string | null;
}

/** Starts what the classes need, nothing for none; the run's scope ends it. */
export async function openLinks(needs: LinkNeeds, run: RunContext): Promise<OpenLinks> {
  const { classes, roles, block, work, pidOf } = needs;
  if (classes.length === 0) return { links: null, hostsFileOf: () => null };
  const routes = routesOf(roles, block, classes);
  const starting = startProxy(routes);
  // Owned before it is there; what could not be started was told to whoever waits for it.
  run.scope.onClose('links', async () => (await starting.catch(() => null))?.close());
  const proxy = await starting;
  // Nodes cannot reach one another any more: whatever is measured now says nothing of them.
  void proxy.failed.then((error) => run.scope.abort(error));
  const links = localLinks({ routes, proxy, pidOf });
  if (!classes.includes('peer')) return { links, hostsFileOf: () => null };
  const folder = join(work, 'hosts');
  mkdirSync(folder);
  const fileOf = (node: string): string => join(folder, `${node}.hosts`);
  for (const node of placeNodes(roles).keys()) {
    writeFileSync(fileOf(node), hostsFileOf(node, roles, block));
  }
  return { links, hostsFileOf: fileOf };
}
