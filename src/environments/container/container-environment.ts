import { type Clock, realClock } from '../../core/clock.ts';
import { searchedOnce } from '../../core/searched-once.ts';
import { type Folders, foldersOf } from '../../leases/folders.ts';
import type { Capability } from '../capabilities.ts';
import type { Environment } from '../environment.ts';
import { type ImageChoice, imagesFrom } from '../images/image-choice.ts';
import { knownRuns } from '../known-runs.ts';
import { ContainerRun } from './container-run.ts';
import { findEngine } from './engine.ts';
import { shortfalls } from './preflight.ts';

/** How the container environment is made; everything has a default. */
export interface ContainerOptions {
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly folders?: Folders;
  /** Images by name of software, before those of the environment variables. */
  readonly images?: ImageChoice;
  /** Let containers and volumes be when a run ends; they are stopped. */
  readonly keep?: boolean;
}

/**
 * A container engine of this machine as an environment: each node is a container of its own, and
 * what outlives its process (network, published ports, volumes) belongs to a sandbox beside it.
 */
export function containerEnvironment(options: ContainerOptions = {}): Environment {
  const env = options.env ?? process.env;
  const folders = options.folders ?? foldersOf(env);
  const images = { ...imagesFrom(env), ...options.images };
  const engine = searchedOnce(findEngine);
  return {
    name: 'container',
    offers: { offered: new Set(CONTAINER_OFFERS), clock: 'real', start: 'image' },
    clock: options.clock ?? realClock(),
    preflight: (needs, signal) => shortfalls(needs, { engine, images, folders }, signal),
    ...knownRuns({
      reserve: async (request, run) => {
        const setting = { engine: await engine(), folders, images, keep: options.keep === true };
        return ContainerRun.reserve(setting, request, run);
      },
      census: (known) => known.census(),
    }),
    // Everything belongs to the scope of a run.
    [Symbol.asyncDispose]: async () => {},
  };
}

/** What is on offer wherever there is an engine. */
export const CONTAINER_OFFERS: readonly Capability[] = [
  'process.kill',
  'process.terminate',
  'process.start',
  'process.pause',
  'node.replace',
  'node.add',
  'volume.read',
  'volume.wipe',
  'link.cut',
  'threads.dump',
  'address.own',
];
