import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandOk } from '../../src/core/exec.ts';
import { rngOf } from '../../src/core/rng.ts';
import { seconds } from '../../src/core/time.ts';
import type { Cluster } from '../../src/environments/kubernetes/cluster.ts';
import { RUN_LABEL } from '../../src/environments/kubernetes/layout.ts';
import { provideImages } from '../container/support/kafka-images.ts';
import {
  type DoomedPlace,
  makeDoomedPlace,
  startDoomedRun,
  sweepArgv,
} from '../integration/support/doomed-run.ts';
import { labelled, testTarget } from './support/cluster.ts';

/**
 * A harness that is killed leaves a namespace with all that is in it; a sweep gives all of it back
 * and touches nothing beside it. HIGHWATER_TEST_KILLS says how often, 10 times unless told.
 */
const KILLS = Number(process.env['HIGHWATER_TEST_KILLS'] ?? 10);
const SEED = process.env['HIGHWATER_KILL_SEED'] ?? String(process.pid);
/** A run is under load by then, on an idle machine. */
const LATEST_MS = 35_000;
const DECOY = 'highwater-test-decoy';

let cluster: Cluster;
beforeAll(async () => {
  await provideImages({ software: 'kafka', version: '4.3.1' });
  ({ cluster } = await testTarget());
  // Looks like ours in every way, and belongs to a run of which no lease says that it is dead.
  const metadata = { name: DECOY, labels: { [RUN_LABEL]: DECOY } };
  await cluster.core.createNamespace({ body: { metadata } });
  const body = { metadata, data: { a: 'b' } };
  await cluster.core.createNamespacedConfigMap({ namespace: DECOY, body });
});
afterAll(async () => {
  await cluster.core.deleteNamespace({ name: DECOY });
});

async function sweep(place: DoomedPlace): Promise<string> {
  const signal = new AbortController().signal;
  const options = { signal, within: seconds(180), env: place.env };
  return (await runCommandOk(sweepArgv(), options)).stdout;
}

it(
  'a run that was killed at any moment is given back whole by a sweep, and nothing else',
  async () => {
    using place = makeDoomedPlace();
    const rng = rngOf(SEED);
    const before = await labelled(cluster);
    expect(before).toHaveLength(2);
    let left = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const moment = rng.next() * LATEST_MS;
      const run = startDoomedRun(place, { name: `kill-${kill}`, flags: ['--env', 'kubernetes'] });
      await pause(moment);
      expect(run.child.exitCode, run.said()).toBeNull();
      run.child.kill('SIGKILL');
      await run.ended;
      left = Math.max(left, (await labelled(cluster)).length - before.length);
      const said = await sweep(place);
      const where = `seed ${SEED}, kill ${kill} after ${Math.round(moment)} ms: ${said}`;
      expect(said, where).not.toMatch(/failed/);
      expect(await labelled(cluster), where).toEqual(before);
    }
    // Else no kill came while there was anything to leave.
    expect(left).toBeGreaterThan(0);
    // Volumes are not the namespace's: what provisions them takes them back a moment later.
    await expect.poll(() => volumesOfRuns(), { timeout: 60_000, interval: 500 }).toEqual([]);
  },
  120_000 + KILLS * 60_000,
);

async function volumesOfRuns(): Promise<readonly string[]> {
  const { items } = await cluster.core.listPersistentVolume();
  const claims = items.map(({ spec }) => `${spec?.claimRef?.namespace}/${spec?.claimRef?.name}`);
  return claims.filter((claim) => claim.startsWith('highwater-kill'));
}
