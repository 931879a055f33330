import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { rngOf } from '../../src/core/rng.ts';
import { openDecoys } from './support/doomed-decoys.ts';
import { type Killed, killDoomed, problemsAfterSweep } from './support/doomed-kill.ts';
import { type DoomedRun, makeDoomedPlace, startDoomedRun } from './support/doomed-run.ts';
import { until } from './support/local-machine.ts';

/**
 * What `npm run test:cleanup` does many times at any moment, done at two moments with real brokers:
 * while they start, and under load while a fault has one of them down.
 */
const SEED = process.env['HIGHWATER_KILL_SEED'] ?? String(process.pid);
/** The processes of a run: harness, anchor, and two for each node. */
const NODES = 4;

const inPhase = (run: DoomedRun, wanted: string): Promise<unknown> =>
  until(
    `${run.out} is in ${wanted}`,
    () => {
      if (run.child.exitCode !== null) throw new Error(run.said());
      return run.lastPhase();
    },
    (phase) => phase === wanted,
  );

it.runIf(process.platform === 'linux')(
  'a harness killed with SIGKILL leaves no broker, and a sweep finds the rest',
  async () => {
    using place = makeDoomedPlace();
    await using decoys = await openDecoys(place);
    const rng = rngOf(SEED);
    const killAt = async (name: string, phase: string, laterMs: number): Promise<Killed> => {
      const run = startDoomedRun(place, { name });
      const killed = await killDoomed(
        run,
        inPhase(run, phase).then(() => pause(rng.next() * laterMs)),
      );
      const { swept, problems } = await problemsAfterSweep(run, place, decoys);
      expect(problems, `seed ${SEED}`).toEqual([]);
      // The address block, the work folder, the entry of the run.
      expect(swept).toBeGreaterThanOrEqual(3);
      return killed;
    };
    const starting = await killAt('starting', 'launch', 4_000);
    // The fault begins 2 s into the load and lasts 4 s.
    const loaded = await killAt('loaded', 'load', 6_000);
    for (const { afterMs, survivors } of [starting, loaded]) {
      expect(afterMs).not.toBeNull();
      expect(survivors, `seed ${SEED}`).toEqual([]);
    }
    expect(loaded.before).toBeGreaterThanOrEqual(2 * NODES);
  },
);
