import { lstatSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunId } from '../names.ts';
import { isRunId } from './run-id.ts';

/**
 * Points `<root>/latest` at a run: a relative symbolic link, or where links cannot be made a file
 * with the run's name. A folder of that name is left alone. It is a convenience: it never fails a
 * run.
 */
export function pointLatest(root: string, run: RunId): void {
  const latest = join(root, 'latest');
  const aside = join(root, `.latest-${run}`);
  try {
    symlinkSync(run, aside);
    renameSync(aside, latest);
  } catch {
    rmSync(aside, { force: true });
    try {
      writeFileSync(aside, `${run}\n`);
      renameSync(aside, latest);
    } catch {
      // Neither works here: people find the run by its name in the report's last line.
      rmSync(aside, { force: true });
    }
  }
}

/** The absolute folder that a path given by a person means: follows a `latest` that is a file. */
export function runPathOf(path: string): string {
  const absolute = resolve(path);
  const stat = lstatSync(absolute, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > 200) return absolute;
  const name = readFileSync(absolute, 'utf8').trim();
  return isRunId(name) ? resolve(absolute, '..', name) : absolute;
}
