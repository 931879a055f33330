import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { rngOf } from '../../../src/core/rng.ts';
import type { Span } from '../../../src/core/time.ts';
import { makeDoomedPlace, startDoomedRun } from '../../integration/support/doomed-run.ts';
import { commandLineFor } from './command-line.ts';

/** How often: HIGHWATER_TEST_KILLS, 10 times unless told. */
const KILLS = Number(process.env['HIGHWATER_TEST_KILLS'] ?? 10);
const SEED = process.env['HIGHWATER_KILL_SEED'] ?? String(process.pid);

/** A time limit for that many kills, in ms. */
export const KILLS_LIMIT = 120_000 + KILLS * 60_000;

/** Where runs are killed, and how one sees what is left of them. */
export interface Killing {
  readonly env: 'container' | 'kubernetes';
  /** A run is under load by then, on an idle machine, in ms. */
  readonly latest: number;
  readonly sweepWithin: Span;
  /** Names of everything that looks like ours, decoys among them. */
  readonly look: () => Promise<readonly string[]>;
  readonly decoys: number;
}

/**
 * Kills a harness at any moment from its start to the load, again and again: a sweep gives back all
 * that it left, and nothing else.
 */
export async function killAndSweep(killing: Killing): Promise<void> {
  const { env, latest, sweepWithin, look, decoys } = killing;
  using place = makeDoomedPlace();
  const { highwater } = commandLineFor('none', place, sweepWithin);
  const rng = rngOf(SEED);
  const before = await look();
  expect(before).toHaveLength(decoys);
  let left = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const moment = rng.next() * latest;
    const run = startDoomedRun(place, { name: `kill-${kill}`, flags: ['--env', env] });
    await pause(moment);
    expect(run.child.exitCode, run.said()).toBeNull();
    run.child.kill('SIGKILL');
    await run.ended;
    left = Math.max(left, (await look()).length - before.length);
    const said = await highwater('sweep');
    const where = `seed ${SEED}, kill ${kill} after ${Math.round(moment)} ms: ${said}`;
    expect(said, where).not.toMatch(/failed/);
    expect(await look(), where).toEqual(before);
  }
  // Else no kill came while there was anything to leave.
  expect(left).toBeGreaterThan(0);
}
