/**
 * Virtual nodes in this process, by default on a virtual clock: whole runs in milliseconds, for the
 * tests of the harness itself. A node is a NodeBehaviour; a volume is a map that outlives it. It
 * has no network: what a behaviour does with others is its own affair, and the addresses that are
 * given out lead nowhere. Nothing here outlives the process, so no leases are taken.
 */
import { join } from 'node:path';
import { HighwaterError } from '../../core/errors.ts';
import { type VirtualClock, virtualClock } from '../../core/virtual-clock.ts';
import { CAPABILITIES, type Capability, type Needs, type Shortfall } from '../capabilities.ts';
import type { AddressBook, Environment, Leftover, RunContext } from '../environment.ts';
import type { Node, NodeSpec, RoleSpec } from '../node.ts';
import { memoryBook, nodeIds } from './memory-book.ts';
import { type MemoryNode, memoryNode } from './memory-node.ts';
import type { MemorySabotage } from './memory-sabotage.ts';

/** What is different from a memory environment that does its duty. */
export interface MemoryOptions {
  /** Disposed by whoever made it; without one the environment makes its own and disposes it. */
  readonly clock?: VirtualClock;
  /** Names of software that can be started here; anything unless told. */
  readonly software?: readonly string[];
  readonly sabotage?: MemorySabotage;
}

/** The memory environment, and the narrower type of its clock. */
export interface MemoryEnvironment extends Environment {
  readonly clock: VirtualClock;
}

/** What virtual nodes can do. */
export const MEMORY_OFFERS: ReadonlySet<Capability> = new Set<Capability>([
  'process.kill',
  'process.terminate',
  'process.start',
  'process.pause',
  'volume.read',
  'volume.wipe',
  'threads.dump',
]);

/** All that the environment holds for one run. */
interface Holding {
  readonly book: AddressBook;
  readonly volumes: Map<string, Map<string, Map<string, string>>>;
  readonly nodes: MemoryNode[];
}

/** Makes a memory environment; every environment has nodes, volumes and addresses of its own. */
export function memoryEnvironment(options: MemoryOptions = {}): MemoryEnvironment {
  const clock = options.clock ?? virtualClock();
  const sabotage = options.sabotage ?? {};
  const held = new Map<string, Holding>();

  const close = (run: RunContext, holding: Holding): void => {
    const forgotten = (node: Node): boolean => sabotage.forgetsToStop?.includes(node.id) === true;
    for (const node of holding.nodes) if (!forgotten(node)) node.retire();
    if (!holding.nodes.some((node) => node.isUp)) held.delete(run.run);
  };

  return {
    name: 'memory',
    clock,
    offers: { offered: MEMORY_OFFERS, clock: 'virtual', start: 'virtual' },
    preflight: async (needs) => shortfallsOf(needs, options.software),
    reserve: async (roles, run) => {
      if (held.has(run.run)) {
        throw new HighwaterError('BUG', `run ${run.run} has reserved its addresses already`);
      }
      const holding = { book: memoryBook(run.run, roles), volumes: volumesOf(roles), nodes: [] };
      held.set(run.run, holding);
      run.scope.onClose('virtual nodes', () => close(run, holding));
      return holding.book;
    },
    launch: async (specs, book, run) => {
      const holding = held.get(run.run);
      if (holding === undefined || holding.book !== book) {
        throw new HighwaterError('BUG', `run ${run.run} has not reserved these addresses`);
      }
      const nodes = specs.map((spec) => nodeOf(spec, { holding, run, clock, sabotage }));
      holding.nodes.push(...nodes);
      const launched = await Promise.allSettled(nodes.map((node) => node.launch(run.signal)));
      for (const each of launched) if (each.status === 'rejected') throw each.reason;
      if (sabotage.dies !== undefined) letDie(sabotage.dies, nodes, { run, clock });
      return nodes;
    },
    census: async (run): Promise<readonly Leftover[]> => {
      const holding = held.get(run.run);
      const running = (holding?.nodes ?? []).filter((node) => node.isUp);
      return [
        ...running.map((node) => ({ kind: 'process' as const, what: `virtual node ${node.id}` })),
        ...(holding === undefined ? [] : [{ kind: 'address-block' as const, what: run.run }]),
        ...(sabotage.leftovers ?? []),
      ];
    },
    [Symbol.asyncDispose]: async () => {
      for (const { nodes } of held.values()) for (const node of nodes) node.retire();
      held.clear();
      if (options.clock === undefined) clock[Symbol.dispose]();
    },
  };
}

function nodeOf(
  spec: NodeSpec,
  to: {
    readonly holding: Holding;
    readonly run: RunContext;
    readonly clock: VirtualClock;
    readonly sabotage: MemorySabotage;
  },
): MemoryNode {
  const behaviour = spec.start.virtual;
  if (behaviour === undefined) {
    throw new HighwaterError('ENV_NOT_READY', `${spec.id} cannot run in memory`, {
      hint: 'its system starts JVMs or images only; choose another environment',
    });
  }
  const volumes = to.holding.volumes.get(spec.id);
  if (volumes === undefined) {
    throw new HighwaterError('BUG', `nothing was reserved for node "${spec.id}"`);
  }
  const logFile = join(to.run.directory, 'logs', `${spec.id}.log`);
  return memoryNode({
    spec,
    behaviour,
    volumes,
    logFile,
    clock: to.clock,
    sabotage: to.sabotage,
  });
}

/** Lets a node die by itself, once. */
function letDie(
  { node: id, after }: NonNullable<MemorySabotage['dies']>,
  nodes: readonly MemoryNode[],
  { run, clock }: { readonly run: RunContext; readonly clock: VirtualClock },
): void {
  const node = nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return;
  run.scope.task(`death of ${id}`, async (signal) => {
    await clock.sleep(after, signal);
    node.end('SIGKILL');
  });
}

const volumesOf = (roles: readonly RoleSpec[]): Holding['volumes'] =>
  new Map(
    roles.flatMap((role) =>
      nodeIds(role).map((node) => [node, new Map(role.volumes.map((name) => [name, new Map()]))]),
    ),
  );

function shortfallsOf(needs: Needs, software: readonly string[] | undefined): Shortfall[] {
  const missing = needs.capabilities.filter((capability) => !MEMORY_OFFERS.has(capability));
  const unknown = needs.software.filter(({ name }) => software?.includes(name) === false);
  return [
    ...missing.map((capability) => ({
      what: `the memory environment does not offer ${capability}`,
      hint: `it offers ${CAPABILITIES.filter((one) => MEMORY_OFFERS.has(one)).join(', ')}`,
      kind: 'refused' as const,
    })),
    ...unknown.map(({ name }) => ({
      what: `the memory environment cannot start ${name}`,
      hint: `it can start ${software?.join(', ')}; choose another environment for ${name}`,
      kind: 'refused' as const,
    })),
  ];
}
