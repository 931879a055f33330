import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { writeFailure } from './line-file.ts';

/**
 * Writes a value as indented JSON so that a reader finds the old file or the new one, never half of
 * one. Keys keep the order in which they were made; the same value gives the same bytes.
 */
export function writeJsonFile(path: string, value: unknown): void {
  const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  const aside = `${path}.part`;
  try {
    const fd = openSync(aside, 'w');
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(aside, path);
  } catch (thrown) {
    rmSync(aside, { force: true });
    throw writeFailure(path, thrown);
  }
}
