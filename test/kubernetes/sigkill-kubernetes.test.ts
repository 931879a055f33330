import { afterAll, beforeAll, expect, it } from 'vitest';
import { seconds } from '../../src/core/time.ts';
import type { Cluster } from '../../src/environments/kubernetes/cluster.ts';
import { RUN_LABEL } from '../../src/environments/kubernetes/layout.ts';
import { provideImages } from '../container/support/kafka-images.ts';
import { KILLS_LIMIT, killAndSweep } from '../container/support/kills.ts';
import { labelled, testTarget } from './support/cluster.ts';

/**
 * A harness that is killed leaves a namespace with all that is in it; a sweep gives all of it back
 * and touches nothing beside it.
 */
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

it(
  'a run that was killed at any moment is given back whole by a sweep, and nothing else',
  async () => {
    await killAndSweep({
      env: 'kubernetes',
      latest: 35_000,
      sweepWithin: seconds(180),
      look: () => labelled(cluster),
      decoys: 2,
    });
    // Volumes are not the namespace's: what provisions them takes them back a moment later.
    await expect.poll(() => volumesOfRuns(), { timeout: 60_000, interval: 500 }).toEqual([]);
  },
  KILLS_LIMIT,
);

async function volumesOfRuns(): Promise<readonly string[]> {
  const { items } = await cluster.core.listPersistentVolume();
  const claims = items.map(({ spec }) => `${spec?.claimRef?.namespace}/${spec?.claimRef?.name}`);
  return claims.filter((claim) => claim.startsWith('highwater-kill'));
}
