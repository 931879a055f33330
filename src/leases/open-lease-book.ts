import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { isErrno } from './errno.ts';
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
    this.#write({ lease: id, act: 'intent', kind, what });
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
    writeSync(live, text);
    // One header is enough for the run's own file, even when everything was given back in between.
    if (this.#last === 1) writeSync(own, text);
    return { own, live };
  }

  #write(line: LeaseLine): void {
    if (this.#files === undefined) return;
    const text = showLeaseLine(line);
    writeSync(this.#files.live, text);
    writeSync(this.#files.own, text);
    // A killed process loses nothing that was written; a machine that loses power might.
    fdatasyncSync(this.#files.own);
  }

  #close(): void {
    if (this.#files === undefined) return;
    closeSync(this.#files.own);
    closeSync(this.#files.live);
    this.#files = undefined;
    rmSync(liveFileOf(this.#owner), { force: true });
  }
}

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
