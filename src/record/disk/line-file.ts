import { closeSync, fsyncSync, openSync } from 'node:fs';
import { appendWhole } from '../../core/append-whole.ts';
import { HighwaterError, messageOf } from '../../core/errors.ts';
import { isDiskFull } from '../../core/free-disk.ts';

/**
 * A file that grows by whole lines of JSON through one open descriptor. A write that fails half-way
 * is taken back where the disk allows it; where it does not, the reader stops at the broken line.
 */
export class LineFile {
  readonly path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'a');
  }

  /** Appends one line for each value, in one write; when `durable`, it is on the disk on return. */
  append(values: readonly unknown[], durable = false): void {
    if (values.length === 0) return;
    const fd = this.#fd;
    if (fd === undefined)
      throw new HighwaterError('BUG', `bug in highwater: ${this.path} is closed`);
    const lines = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    try {
      appendWhole(fd, lines, durable ? fsyncSync : undefined);
    } catch (thrown) {
      throw writeFailure(this.path, thrown);
    }
  }

  /** Flushes and closes; idempotent. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    try {
      fsyncSync(fd);
    } catch (thrown) {
      throw writeFailure(this.path, thrown);
    } finally {
      closeSync(fd);
    }
  }
}

/**
 * What a failed write is called: a full disk has a code of its own, everything else is a failure of
 * the record.
 */
export function writeFailure(path: string, thrown: unknown): HighwaterError {
  const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown';
  const full = isDiskFull(thrown);
  return new HighwaterError(
    'DISK_FULL',
    full
      ? `writing ${path}: no space left on the disk; what was recorded before is kept`
      : `writing ${path}: ${messageOf(thrown)}`,
    {
      facts: { path, code },
      hint: full
        ? 'free space where the reports are written, or write them elsewhere with --out'
        : 'is the folder of the reports still there and writable?',
      cause: thrown,
    },
  );
}
