import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { appendWhole } from '../core/append-whole.ts';
import { isErrno } from '../core/errno.ts';
import { HighwaterError, messageOf } from '../core/errors.ts';
import { isDiskFull } from '../core/free-disk.ts';
import type { JsonObject } from '../core/json.ts';
import type { HeldLease, Lease, LeaseBook, LeaseKind } from './lease-book.ts';
import { type LeaseHeader, type LeaseLine, showLeaseLine } from './lease-file.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** Whose leases are written. */
export interface LeaseOwner {
  readonly run: string;
  /** The folder of small files, one per live run: `foldersOf(process.env).live`. */
  readonly live: string;
}

/**
 * Opens the book of a run, owned by this process; `file` is `leases.ndjson` in the run directory.
 * Every line is written twice before the call returns: there, for people, and to one small file in
 * the user's cache folder, so that `sweep` finds it even when the run directory was moved or
 * deleted. The small file is there exactly as long as something is held; nothing has to be closed.
 *
 * On a full disk nothing new is taken: an intent that the small file cannot hold throws. Whatever
 * else cannot be written does not keep things from being given back: what an intent names is enough
 * for `sweep`, and for what was given back meanwhile it finds nothing to do.
 */
export const openLeaseBook = (file: string, owner: LeaseOwner): LeaseBook =>
  new DiskLeaseBook(file, owner);

/** The small file of a run that holds something. */
export const liveFileOf = (owner: LeaseOwner): string => join(owner.live, `${owner.run}.ndjson`);

class DiskLeaseBook implements LeaseBook {
  readonly #owner: LeaseOwner;
  readonly #header: LeaseHeader;
  readonly #held = new Map<string, HeldLease>();
  /** Open while something is held: the run's own file and the small one. */
  #files: { readonly own: number; readonly live: number } | undefined;
  #last = 0;

  constructor(file: string, owner: LeaseOwner) {
    const who: ProcessIdentity = ownIdentity();
    this.#owner = owner;
    this.#header = { version: 1, run: owner.run, owner: who, file };
  }

  intend(kind: LeaseKind, what: JsonObject): Lease {
    this.#last += 1;
    const id = String(this.#last);
    this.#files ??= this.#open();
    const failure = this.#write({ lease: id, act: 'intent', kind, what });
    if (failure !== null) {
      if (this.#held.size === 0) this.#close();
      throw cannotHold(liveFileOf(this.#owner), failure);
    }
    this.#held.set(id, { id, kind, state: 'intent', what });
    return {
      id,
      acquired: (got) => {
        const before = this.#held.get(id);
        if (before === undefined) return;
        this.#write({ lease: id, act: 'acquired', what: got });
        this.#held.set(id, { ...before, state: 'acquired', what: { ...before.what, ...got } });
      },
      released: () => {
        if (!this.#held.has(id)) return;
        this.#write({ lease: id, act: 'released' });
        this.#held.delete(id);
        if (this.#held.size === 0) this.#close();
      },
    };
  }

  held(): readonly HeldLease[] {
    return [...this.#held.values()];
  }

  #open(): { own: number; live: number } {
    mkdirSync(this.#owner.live, { recursive: true });
    mkdirSync(dirname(this.#header.file), { recursive: true });
    const live = openNew(this.#owner);
    const own = openSync(this.#header.file, 'a');
    const text = showLeaseLine(this.#header);
    const failure = append(live, text);
    if (failure !== null) {
      closeSync(own);
      closeSync(live);
      rmSync(liveFileOf(this.#owner), { force: true });
      throw cannotHold(liveFileOf(this.#owner), failure);
    }
    // One header is enough for the run's own file, even when everything was given back in between.
    if (this.#last === 1) append(own, text);
    return { own, live };
  }

  /** Writes a line to both files; gives why the small one could not take it, or null. */
  #write(line: LeaseLine): unknown {
    if (this.#files === undefined) return null;
    const text = showLeaseLine(line);
    const failure = append(this.#files.live, text);
    // The run's own file is for people: a record that cannot be written ends the run by itself.
    append(this.#files.own, text);
    return failure;
  }

  #close(): void {
    if (this.#files === undefined) return;
    closeSync(this.#files.own);
    closeSync(this.#files.live);
    this.#files = undefined;
    rmSync(liveFileOf(this.#owner), { force: true });
  }
}

/** Appends a whole line or nothing; gives why it could not be done, or null. */
function append(fd: number, text: string): unknown {
  try {
    // A killed process loses nothing that was written; a machine that loses power might.
    appendWhole(fd, text, fdatasyncSync);
    return null;
  } catch (thrown) {
    return thrown;
  }
}

const cannotHold = (file: string, cause: unknown): HighwaterError =>
  new HighwaterError(
    isDiskFull(cause) ? 'DISK_FULL' : 'ENV_NOT_READY',
    `noting in ${file} what the run holds: ` +
      (isDiskFull(cause) ? 'no space left on the disk' : messageOf(cause)),
    { hint: 'free some space, or set HIGHWATER_CACHE to a folder on a larger disk', cause },
  );

function openNew(owner: LeaseOwner): number {
  const file = liveFileOf(owner);
  try {
    return openSync(file, 'wx');
  } catch (cause) {
    const taken = isErrno(cause, 'EEXIST');
    throw new HighwaterError(
      'ENV_NOT_READY',
      `run "${owner.run}" cannot hold anything: ${file} ${taken ? 'is there already' : 'cannot be made'}`,
      {
        hint: taken ? 'a dead run of that name left it: highwater sweep' : 'is it writable?',
        cause,
      },
    );
  }
}
