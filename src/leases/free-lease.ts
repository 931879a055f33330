import { appendFileSync, existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../core/json.ts';
import type { Folders } from './folders.ts';
import type { HeldLease, LeaseKind } from './lease-book.ts';
import { type LeaseHeader, showLeaseLine } from './lease-file.ts';
import { freeDeadLock, readLock } from './lock-file.ts';
import { livenessOf, type ProcessIdentity, parseIdentity } from './process-identity.ts';

/** How one lease of a dead run is given back. */
export interface Freeing {
  /** The thing in words. */
  readonly what: string;
  /** Frees it; gives a note on what was found, or null. Throws when it cannot. */
  readonly act: () => Promise<string | null>;
}

/**
 * How kinds of things are given back that only an environment knows: gets what the lease says, and
 * gives a note on what was found, or null.
 */
export type FreeKinds = Partial<Record<LeaseKind, (what: JsonObject) => Promise<string | null>>>;

/** Where a dead run held things, and who knows how to give them back. */
export interface FreeGround {
  readonly folders: Folders;
  readonly kinds?: FreeKinds;
}

/** What is to be done about a lease; nothing is done before `act`. */
export function freeLease(lease: HeldLease, header: LeaseHeader, ground: FreeGround): Freeing {
  const freeing = freeingOf(lease, header, ground);
  return {
    what: freeing.what,
    act: async () => {
      const note = await freeing.act();
      noteRelease(header, lease);
      return note;
    },
  };
}

function freeingOf(
  lease: HeldLease,
  header: LeaseHeader,
  { folders, kinds = {} }: FreeGround,
): Freeing {
  switch (lease.kind) {
    case 'process':
      return freeProcess(lease);
    case 'folder':
      return freeFolder(textOf(lease, 'path'), folders);
    case 'address-block':
      return freeBlock(textOf(lease, 'lock'), header, folders);
    default:
      return {
        what: lease.kind,
        act: async () => {
          const free = kinds[lease.kind];
          if (free !== undefined) return free(lease.what);
          throw new Error(`nothing here knows how to free a ${lease.kind}`);
        },
      };
  }
}

const textOf = (lease: HeldLease, name: string): string => {
  const value = lease.what[name];
  return typeof value === 'string' ? value : '';
};

function freeProcess(lease: HeldLease): Freeing {
  const who = parseIdentity(lease.what);
  const label = textOf(lease, 'label');
  if (who === null) {
    // It died between the intent and the start, or was held by a helper that ended with the
    // harness.
    return { what: label, act: async () => 'no process was noted' };
  }
  return {
    what: `${label} (pid ${who.pid})`,
    act: async () => {
      const note = await endProcess(who);
      forgetSocket(textOf(lease, 'socket'));
      return note;
    },
  };
}

async function endProcess(who: ProcessIdentity): Promise<string | null> {
  const liveness = livenessOf(who);
  if (liveness === 'unknown') throw new Error('it lives in another pid namespace');
  if (liveness === 'dead') return 'it was gone';
  process.kill(who.pid, 'SIGKILL');
  for (let waited = 0; waited < 5_000; waited += 20) {
    if (livenessOf(who) === 'dead') return null;
    await pause(20);
  }
  throw new Error(`pid ${who.pid} did not end within 5 s after SIGKILL`);
}

/** The socket that a killed JVM leaves behind; its number belonged to the run's address block. */
function forgetSocket(path: string): void {
  if (/^\/tmp\/\.java_pid\d+$/.test(path)) rmSync(path, { force: true });
}

/** Deletes a work folder: a real folder, directly below the one where all of ours are. */
function freeFolder(path: string, folders: Folders): Freeing {
  return {
    what: path,
    act: async () => {
      if (path === '' || dirname(resolve(path)) !== resolve(folders.work)) {
        throw new Error(`it is not directly below ${folders.work}`);
      }
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return 'it was gone';
      if (!stat.isDirectory()) throw new Error('it is not a folder');
      await rm(path, { recursive: true, maxRetries: 3 });
      return null;
    },
  };
}

function freeBlock(path: string, header: LeaseHeader, folders: Folders): Freeing {
  return {
    what: basename(path, '.lock'),
    act: async () => {
      if (dirname(resolve(path)) !== resolve(folders.locks)) {
        throw new Error(`its lock is not in ${folders.locks}`);
      }
      const holder = readLock(path);
      if (holder === null) return 'it was free';
      if (holder === 'unreadable') throw new Error('its lock cannot be read');
      const { owner } = holder;
      const same = owner.pid === header.owner.pid && owner.start === header.owner.start;
      if (!same || holder.run !== header.run) return `run ${holder.run} has it now`;
      if (!freeDeadLock(path)) throw new Error('its lock cannot be deleted');
      return null;
    },
  };
}

/** Tells the run's own lease file as well, if it is still there. */
function noteRelease(header: LeaseHeader, lease: HeldLease): void {
  if (basename(header.file) !== 'leases.ndjson' || !existsSync(header.file)) return;
  // The owner may have died in the middle of a line.
  const cut = readFileSync(header.file, 'utf8').endsWith('\n') ? '' : '\n';
  appendFileSync(
    header.file,
    cut + showLeaseLine({ lease: lease.id, act: 'released', by: 'sweep' }),
  );
}
