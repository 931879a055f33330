import type { JsonObject } from '../../core/json.ts';
import { findEngine } from './engine.ts';
import { removeRun } from './things-of-run.ts';

/** Gives back what a dead run had in the engine; for `sweep`. */
export async function freeContainers(what: JsonObject): Promise<string | null> {
  const { run } = what;
  // Without the name of a run the filter would be that of all runs.
  if (typeof run !== 'string' || run === '') throw new Error('the lease names no run');
  const count = await removeRun(await findEngine(), run);
  return count === 0 ? 'nothing was there' : `${count} things`;
}
