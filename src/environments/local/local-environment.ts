import type { Clock } from '../../core/clock.ts';
import { realClock } from '../../core/clock.ts';
import { searchedOnce } from '../../core/searched-once.ts';
import { type Folders, foldersOf } from '../../leases/folders.ts';
import type { Capability } from '../capabilities.ts';
import type { Environment } from '../environment.ts';
import { knownRuns } from '../known-runs.ts';
import { censusOf } from './census.ts';
import { LocalRun } from './local-run.ts';
import { shortfalls } from './preflight.ts';
import {
  type NamespaceMode,
  type NamespaceProbe,
  probeNamespaces,
} from './processes/namespaces.ts';
import { findJava, javaCommand } from './software/java.ts';
import { probeFileSystems } from './volumes/file-systems.ts';

/** How the local environment is made; everything has a default. */
export interface LocalOptions {
  readonly clock?: Clock;
  /** Variables that it goes by and hands to nodes; those of this process unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The `java` to start nodes with; JAVA_HOME's or the PATH's unless told. */
  readonly java?: string;
  readonly folders?: Folders;
  /** Take this address block and no other; its number from 0. */
  readonly block?: number;
  /** Let the nodes' volumes and files be when a run ends. */
  readonly keep?: boolean;
  /** `none`: do without namespaces, as where they are not to be had. */
  readonly namespaces?: 'auto' | 'none';
}

/**
 * This machine as an environment: nodes are plain JVM processes on loopback addresses. What holds
 * them to the life of the harness is in anchor.ts; what a run takes of the machine is in
 * local-run.ts.
 */
export function localEnvironment(options: LocalOptions = {}): Environment {
  const env = options.env ?? process.env;
  const folders = options.folders ?? foldersOf(env);
  const namespaces = probeFor(options.namespaces ?? 'auto');
  const ownAddresses = process.platform === 'linux';
  const setting = {
    folders,
    namespaces,
    ownAddresses,
    env,
    block: options.block,
    keep: options.keep === true,
    java: searchedOnce((signal: AbortSignal) => findJava(javaCommand(options.java, env), signal)),
  };
  return {
    name: 'local',
    offers: { offered: offeredBy(namespaces.mode), clock: 'real', start: 'jvm' },
    clock: options.clock ?? realClock(),
    preflight: (needs, signal) => shortfalls(needs, setting, signal),
    ...knownRuns({
      reserve: (request, run) => LocalRun.reserve(setting, request, run),
      census: async (known, run) => censusOf(run, known),
    }),
    // Everything belongs to the scope of a run.
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A link is an address of its own. */
const LINKS: readonly Capability[] = ['link.cut', 'link.slow', 'link.reset'];

/** What a machine offers at best; some of it depends on the platform and on rights. */
export const LOCAL_OFFERS: readonly Capability[] = [
  'process.kill',
  'process.terminate',
  'process.start',
  'process.pause',
  'node.replace',
  'node.add',
  'volume.read',
  'volume.wipe',
  'volume.limit',
  'volume.fail',
  'threads.dump',
  'cleanup.kernel',
  'address.own',
  ...LINKS,
];

const probeFor = (wanted: 'auto' | 'none'): NamespaceProbe =>
  wanted === 'auto' ? probeNamespaces() : { mode: 'none', setpriv: false, seen: 'switched off' };

/** What is on offer, given how processes are held and what the platform has. */
function offeredBy(mode: NamespaceMode): ReadonlySet<Capability> {
  const missing: Capability[] = [];
  if (mode === 'none') missing.push('cleanup.kernel');
  const { kind } = mode === 'none' ? { kind: null } : probeFileSystems();
  if (kind === null) missing.push('volume.limit');
  if (kind !== 'ext4') missing.push('volume.fail');
  if (process.platform !== 'linux') missing.push('address.own', ...LINKS);
  return new Set(LOCAL_OFFERS.filter((each) => !missing.includes(each)));
}
