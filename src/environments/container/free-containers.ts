import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../../core/json.ts';
import { findEngine } from './engine.ts';
import { removeRun } from './things-of-run.ts';

/**
 * From one look to the next. An engine finishes what a client asked for, also when that client was
 * killed meanwhile: something may come to be after the first look.
 */
const AGAIN_AFTER_MS = 400;

/** Gives back what a dead run had in the engine, until nothing comes after it; for `sweep`. */
export async function freeContainers(what: JsonObject): Promise<string | null> {
  const { run } = what;
  // Without the name of a run the filter would be that of all runs.
  if (typeof run !== 'string' || run === '') throw new Error('the lease names no run');
  const engine = await findEngine();
  let all = 0;
  for (let quiet = 0; quiet < 2; ) {
    const count = await removeRun(engine, run);
    all += count;
    quiet = count === 0 ? quiet + 1 : 0;
    if (quiet < 2) await pause(AGAIN_AFTER_MS);
  }
  return all === 0 ? 'nothing was there' : `${all} things`;
}
