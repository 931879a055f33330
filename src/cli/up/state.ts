import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HighwaterError } from '../../core/errors.ts';
import type { Folders } from '../../leases/folders.ts';
import { parseLeaseFile } from '../../leases/lease-file.ts';
import { type Liveness, livenessOf, type ProcessIdentity } from '../../leases/process-identity.ts';
import type { StandingCard } from '../../scenario/standing/standing.ts';

/**
 * A system that is up is found by its leases: their file names the run and the process that holds
 * it, with its start time. What else is known of it lies in its work folder and ends with that, so
 * that nothing is left when a conductor dies but what a sweep gives back anyway.
 */
export interface UpState extends StandingCard {
  readonly version: 1;
  readonly name: string;
  readonly run: string;
  /** ISO 8601: when it was ready. */
  readonly since: string;
  readonly environment: string;
  readonly profile: string;
  readonly suite: string;
  /** Absolute: `logs/` below it are the nodes'. */
  readonly directory: string;
}

/** A system that was put up and not taken down, whatever became of it. */
export interface LiveSystem {
  readonly name: string;
  readonly run: string;
  readonly owner: ProcessIdentity;
  readonly liveness: Liveness;
  /** Null while it starts, and when it is being taken down. */
  readonly state: UpState | null;
  readonly socket: string;
}

const RUN = /^up-([a-z0-9-]+)-[a-z0-9]+$/;
/** Names that a person may give. */
export const UP_NAME = /^[a-z][a-z0-9-]{0,19}$/;

/** The run id of a system that is put up at this moment. */
export const upRun = (name: string, wallClock: Date): string =>
  `up-${name}-${wallClock.getTime().toString(36)}`;

/** Where the conductor of a run listens. */
export const socketOf = (folders: Folders, run: string): string =>
  join(folders.work, run, 'control.sock');
const stateFileOf = (folders: Folders, run: string): string => join(folders.work, run, 'up.json');

/** The longest path that a Unix socket can have on every system that we know of. */
const SOCKET_PATH_MAX = 103;

/** Throws when the conductor of this run could not be reached. */
export function refuseLongPath(folders: Folders, run: string): void {
  const length = Buffer.byteLength(socketOf(folders, run));
  if (length <= SOCKET_PATH_MAX) return;
  throw new HighwaterError(
    'PLAN_IMPOSSIBLE',
    `the control socket would have a path of ${length} bytes; ${SOCKET_PATH_MAX} is the most`,
    { facts: { folder: folders.work }, hint: 'set HIGHWATER_CACHE to a folder nearer to the root' },
  );
}

/** Tells everybody that the system is ready; whole or not there. */
export function writeState(folders: Folders, state: UpState): void {
  const file = stateFileOf(folders, state.run);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Everything that is up, or was and died, in order of its start. */
export function liveSystems(folders: Folders): LiveSystem[] {
  if (!existsSync(folders.live)) return [];
  return readdirSync(folders.live)
    .filter((file) => RUN.test(file.replace(/\.ndjson$/, '')))
    .map((file) => systemOf(join(folders.live, file), folders))
    .filter((system) => system !== null)
    .sort((one, other) => (one.run < other.run ? -1 : 1));
}

function systemOf(file: string, folders: Folders): LiveSystem | null {
  const header = parseLeaseFile(textOf(file) ?? '')?.header;
  const name = RUN.exec(header?.run ?? '')?.[1];
  if (header === undefined || name === undefined) return null;
  const { run, owner } = header;
  const text = textOf(stateFileOf(folders, run));
  const state = text === null ? null : (JSON.parse(text) as UpState);
  return {
    name,
    run,
    owner,
    liveness: livenessOf(owner),
    state,
    socket: socketOf(folders, run),
  };
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // Not there yet, or not any more.
  }
}

/** The one living system that is meant: by its name, or because there is one only. */
export function chooseSystem(
  systems: readonly LiveSystem[],
  name: string | undefined,
): LiveSystem | null {
  const living = systems.filter(({ liveness }) => liveness === 'alive');
  if (name !== undefined) return living.find((system) => system.name === name) ?? null;
  if (living.length <= 1) return living[0] ?? null;
  throw new HighwaterError('USAGE', 'several systems are up: say which one', {
    hint: `up are: ${living.map((system) => system.name).join(', ')}`,
  });
}

/** The one living system that a command is about; throws when there is none. */
export function systemToAsk(folders: Folders, name: string | undefined): LiveSystem {
  const system = chooseSystem(liveSystems(folders), name);
  if (system !== null && system.state !== null) return system;
  const absent = name === undefined ? 'nothing is up' : `"${name}" is not up`;
  const what = system === null ? absent : `"${system.name}" is not ready yet`;
  throw new HighwaterError('ENV_NOT_READY', what, {
    hint: 'highwater up --detach starts a system',
  });
}
