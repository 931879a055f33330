import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The last lines of a file, without empty ones; none when it is not there. Reads at most 64 KiB.
 */
export function lastLines(file: string, count: number): readonly string[] {
  return readFrom(file, -64 * 1024)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}

/** Text of a file from an offset on; a negative one counts from its end. At most 8 MiB. */
export function readFrom(file: string, offset: number): string {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return ''; // Nothing was written yet.
  }
  try {
    const size = fstatSync(fd).size;
    const from = offset < 0 ? Math.max(0, size + offset) : Math.min(offset, size);
    const buffer = Buffer.alloc(Math.min(size - from, 8 * 1024 * 1024));
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, from));
  } finally {
    closeSync(fd);
  }
}
