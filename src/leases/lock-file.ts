import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isErrno } from '../core/errno.ts';
import { livenessOf, type ProcessIdentity, parseIdentity } from './process-identity.ts';

/**
 * A lock that several processes, of several users, agree on: a file that exists or does not. It
 * says who holds it, so that the lock of a dead owner can be taken over. Taking over goes through a
 * second file, so that of two who find the same stale lock only one replaces it; replacing is a
 * rename, so that the lock never vanishes in between.
 */
export interface LockHolder {
  readonly run: string;
  readonly owner: ProcessIdentity;
  /** Lease file of the run that holds it. */
  readonly leases: string;
}

/** A lock that was taken. */
export interface LockFile {
  readonly path: string;
  /** Gives it back, unless it is somebody else's by now. */
  release(): void;
}

/** Reads who holds a lock; null when nobody does, 'unreadable' when it cannot be told. */
export function readLock(path: string): LockHolder | 'unreadable' | null {
  try {
    const data = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const owner = parseIdentity(data['owner']);
    const { run, leases } = data;
    if (owner === null || typeof run !== 'string' || typeof leases !== 'string')
      return 'unreadable';
    return { run, owner, leases };
  } catch (thrown) {
    return isErrno(thrown, 'ENOENT') ? null : 'unreadable';
  }
}

/** Makes the folder of locks; all users may write, nobody may delete another's file. */
export function makeLockFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true });
  if (made !== undefined) chmodSync(folder, 0o1777);
}

/** Takes the lock when it is free or its owner is provably dead; null when somebody has it. */
export function takeLock(path: string, holder: LockHolder): LockFile | null {
  makeLockFolder(dirname(path));
  const mark = randomUUID();
  const text = `${JSON.stringify({ ...holder, mark })}\n`;
  if (!createExclusively(path, text) && !takeOver(path, text)) return null;
  return { path, release: () => releaseIf(path, (found) => found.includes(mark)) };
}

/** Deletes a lock whose owner is dead; false when it is held, not there, or not ours to delete. */
export function freeDeadLock(path: string): boolean {
  return withTurn(path, () => {
    if (!isStale(path)) return false;
    rmSync(path);
    return true;
  });
}

function takeOver(path: string, text: string): boolean {
  return withTurn(path, () => {
    if (!isStale(path)) return false;
    const next = `${path}.${randomUUID()}`;
    writeFileSync(next, text, { flag: 'wx', mode: 0o644 });
    try {
      renameSync(next, path);
    } catch (thrown) {
      rmSync(next, { force: true });
      throw thrown;
    }
    return true;
  });
}

function isStale(path: string): boolean {
  const holder = readLock(path);
  return holder !== null && holder !== 'unreadable' && livenessOf(holder.owner) === 'dead';
}

/** Does the act while holding the right to replace this lock. A turn lasts microseconds. */
function withTurn(path: string, act: () => boolean): boolean {
  const turn = `${path}.turn`;
  const text = String(process.pid);
  if (!createExclusively(turn, text)) {
    dropDeadTurn(turn);
    if (!createExclusively(turn, text)) return false;
  }
  try {
    return act();
  } catch (thrown) {
    // Another user's lock in a sticky folder: it stays theirs.
    if (isErrno(thrown, 'EPERM', 'EACCES')) return false;
    throw thrown;
  } finally {
    rmSync(turn, { force: true });
  }
}

function dropDeadTurn(turn: string): void {
  try {
    process.kill(Number(readFileSync(turn, 'utf8')) || 1, 0);
  } catch (thrown) {
    if (isErrno(thrown, 'ESRCH')) releaseIf(turn, () => true);
  }
}

/** Makes the file with all of its text or not at all: a lock without text could never be judged. */
function createExclusively(path: string, text: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text, { flag: 'wx', mode: 0o644 });
  try {
    linkSync(draft, path);
    return true;
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST', 'EACCES', 'EPERM')) return false;
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}

function releaseIf(path: string, mine: (text: string) => boolean): void {
  try {
    if (mine(readFileSync(path, 'utf8'))) rmSync(path);
  } catch (thrown) {
    if (!isErrno(thrown, 'ENOENT', 'EACCES', 'EPERM')) throw thrown;
  }
}
