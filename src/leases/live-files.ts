import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LeaseFile, parseLeaseFile } from './lease-file.ts';
import { livenessOf } from './process-identity.ts';

/** Lease files of runs that have not given back everything, in the order of their names. */
export const liveFiles = (folder: string): readonly string[] => filesIn(folder, '.ndjson');

/** Locks that are held, or were when their holder died. */
export const lockFiles = (folder: string): readonly string[] => filesIn(folder, '.lock');

/** Reads a lease file; null when it is gone, or its first line cannot be read. */
export function readLeases(path: string): LeaseFile | null {
  try {
    return parseLeaseFile(readFileSync(path, 'utf8'));
  } catch {
    return null; // Gone meanwhile.
  }
}

/** What runs hold whose end is not certain: their owner lives, or cannot be judged from here. */
export const heldByTheLiving = (folder: string): readonly LeaseFile[] =>
  liveFiles(folder)
    .flatMap((path) => readLeases(path) ?? [])
    .filter(({ header }) => livenessOf(header.owner) !== 'dead');

function filesIn(folder: string, ending: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // No run was ever here.
  }
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .sort();
}
