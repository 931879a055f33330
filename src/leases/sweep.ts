import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { Folders } from './folders.ts';
import { type FreeKinds, freeLease } from './free-lease.ts';
import type { HeldLease, LeaseKind } from './lease-book.ts';
import type { LeaseFile } from './lease-file.ts';
import { liveFiles, lockFiles, readLeases } from './live-files.ts';
import { freeDeadLock, readLock, takeLock } from './lock-file.ts';
import { livenessOf, ownIdentity } from './process-identity.ts';

/**
 * Gives back what dead runs left behind. It goes by leases and locks alone: the owner of each is a
 * process with its start time and boot, and only where that life is provably over is anything
 * touched, and then only what the lease names. Nothing is ever found by a name or a pattern.
 */
export interface Swept {
  readonly run: string;
  readonly kind: LeaseKind | 'lock' | 'entry';
  readonly what: string;
  readonly state: 'freed' | 'would free' | 'failed';
  /** Why it failed, or what was found in its place. */
  readonly note: string | null;
}

/** What a sweep did, and what it let be. */
export interface SweepReport {
  readonly swept: readonly Swept[];
  /** Runs that are alive, or whose owner cannot be judged from here; left alone. */
  readonly alive: readonly string[];
}

/** Where to sweep, and whether to touch anything. */
export interface SweepOptions {
  readonly folders: Folders;
  /** Only tells what would be freed. */
  readonly dryRun: boolean;
  /** What only environments can give back. */
  readonly kinds?: FreeKinds;
}

/** Sweeps once; cheap when there is nothing to do. Two at once do not get into each other's way. */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const { folders, dryRun } = options;
  const entries = liveFiles(folders.live);
  if (entries.length === 0 && lockFiles(folders.locks).length === 0)
    return { swept: [], alive: [] };
  if (dryRun) return sweepAll(options, entries);
  const holder = { run: 'sweep', owner: ownIdentity(), leases: '' };
  const turn = takeLock(join(folders.cache, 'locks', 'sweep.lock'), holder);
  if (turn === null) return { swept: [], alive: [] };
  try {
    return await sweepAll(options, entries);
  } finally {
    turn.release();
  }
}

/** One line about something swept. */
export const showSwept = ({ run, kind, what, state, note }: Swept): string =>
  `${state}: ${kind} ${what} of run ${run}${note === null ? '' : ` (${note})`}`;

async function sweepAll(options: SweepOptions, entries: readonly string[]): Promise<SweepReport> {
  const swept: Swept[] = [];
  const alive: string[] = [];
  for (const path of entries) {
    const file = readLeases(path);
    if (file === null) swept.push(...dropUnreadable(path, options));
    else if (livenessOf(file.header.owner) !== 'dead') alive.push(file.header.run);
    else swept.push(...(await sweepRun(path, file, options)));
  }
  return { swept: [...swept, ...sweepLocks(options)], alive };
}

/**
 * Frees what a dead run held: first its processes, which may still write, then the rest, last
 * first.
 */
async function sweepRun(
  path: string,
  file: LeaseFile,
  { folders, dryRun, kinds = {} }: SweepOptions,
): Promise<readonly Swept[]> {
  const { run } = file.header;
  const isProcess = ({ kind }: HeldLease): boolean => kind === 'process';
  const last = file.held.toReversed();
  const inOrder = [...last.filter(isProcess), ...last.filter((lease) => !isProcess(lease))];
  const swept: Swept[] = [];
  for (const lease of inOrder) {
    const { what, act } = freeLease(lease, file.header, { folders, kinds });
    const base = { run, kind: lease.kind, what };
    if (dryRun) swept.push({ ...base, state: 'would free', note: null });
    else {
      try {
        swept.push({ ...base, state: 'freed', note: await act() });
      } catch (thrown) {
        swept.push({ ...base, state: 'failed', note: messageOf(thrown) });
      }
    }
  }
  const whole = swept.every(({ state }) => state !== 'failed');
  if (!dryRun && whole) rmSync(path, { force: true });
  const state = dryRun ? 'would free' : 'freed';
  return whole ? [...swept, { run, kind: 'entry', what: path, state, note: null }] : swept;
}

/** An entry without a readable first line belongs to a run that died before it held anything. */
function dropUnreadable(path: string, { dryRun }: SweepOptions): readonly Swept[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  // A run that is just starting writes that line within microseconds.
  if (stat === undefined || Date.now() - stat.mtimeMs < 60_000) return [];
  if (!dryRun) rmSync(path, { force: true });
  const state = dryRun ? 'would free' : 'freed';
  return [{ run: 'unknown', kind: 'entry', what: path, state, note: 'unreadable' }];
}

/** Locks of dead owners that no entry led to: of a user's lost cache folder, or of another user. */
function sweepLocks({ folders, dryRun }: SweepOptions): readonly Swept[] {
  const swept: Swept[] = [];
  for (const path of lockFiles(folders.locks)) {
    const holder = readLock(path);
    if (holder === null || holder === 'unreadable') continue;
    // With an entry its turn comes with the processes of the run.
    if (livenessOf(holder.owner) !== 'dead' || existsSync(holder.leases)) continue;
    const base = { run: holder.run, kind: 'lock' as const, what: path };
    if (dryRun) swept.push({ ...base, state: 'would free', note: null });
    else if (freeDeadLock(path)) swept.push({ ...base, state: 'freed', note: null });
    else swept.push({ ...base, state: 'failed', note: 'it belongs to another user' });
  }
  return swept;
}
