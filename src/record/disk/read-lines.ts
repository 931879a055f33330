import { closeSync, openSync, readSync } from 'node:fs';

/** One line of a file, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** False for a last line that no newline ends: its writing was cut short. */
  readonly ended: boolean;
  /** True when the line was longer than allowed; `bytes` is then its beginning. */
  readonly cut: boolean;
}

const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a file line by line in pieces, so that neither its size nor a line's is ever in memory
 * whole.
 */
export function* readLines(path: string, lineBytesMax: number): Generator<Line> {
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let parts: Buffer[] = [];
    let size = 0;
    let number = 1;
    const keep = (piece: Buffer): void => {
      const room = Math.max(0, lineBytesMax - size);
      if (room > 0) parts.push(Buffer.from(piece.subarray(0, room)));
      size += piece.length;
    };
    const line = (ended: boolean): Line => {
      const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      const made = { number, bytes, ended, cut: size > lineBytesMax };
      parts = [];
      size = 0;
      number += 1;
      return made;
    };
    for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) {
      let start = 0;
      for (
        let at = chunk.indexOf(NEWLINE);
        at >= 0 && at < got;
        at = chunk.indexOf(NEWLINE, start)
      ) {
        keep(chunk.subarray(start, at));
        yield line(true);
        start = at + 1;
      }
      if (start < got) keep(chunk.subarray(start, got));
    }
    if (size > 0) yield line(false);
  } finally {
    closeSync(fd);
  }
}
