import { afterAll, beforeAll, expect, it } from 'vitest';
import { seconds } from '../../src/core/time.ts';
import {
  type Container,
  type Engine,
  findEngine,
  REMOVED,
} from '../../src/environments/container/engine.ts';
import { RUN_LABEL } from '../../src/environments/container/layout.ts';
import { ECHO_IMAGE } from '../integration/support/echo-nodes.ts';
import { namelessVolumes, provideEchoImage } from './support/engine.ts';
import { provideImages } from './support/kafka-images.ts';
import { KILLS_LIMIT, killAndSweep } from './support/kills.ts';

/**
 * A harness that is killed leaves containers, which nothing of the kernel's ends; a sweep gives all
 * of it back and touches nothing beside it.
 */
const DECOY = 'highwater-test-decoy';

let engine: Engine;
let decoy: Container;
beforeAll(async () => {
  await provideEchoImage();
  await provideImages({ software: 'kafka', version: '4.3.1' });
  engine = await findEngine();
  const { docker } = engine;
  // Looks like ours in every way, and belongs to a run of which no lease says that it is dead.
  const Labels = { [RUN_LABEL]: DECOY };
  await docker.createNetwork({ Name: DECOY, Labels });
  await docker.createVolume({ Name: DECOY, Labels });
  decoy = await docker.createContainer({
    name: DECOY,
    Image: ECHO_IMAGE.reference,
    Labels,
    Entrypoint: ['sleep', 'infinity'],
    HostConfig: { NetworkMode: DECOY, Mounts: [{ Type: 'volume', Source: DECOY, Target: '/x' }] },
  });
  await decoy.start();
});
afterAll(async () => {
  await decoy.remove(REMOVED);
  await engine.docker.getVolume(DECOY).remove();
  await engine.docker.getNetwork(DECOY).remove();
});

/** Everything in the engine that bears the label of a run, by name. */
async function labelled(): Promise<readonly string[]> {
  const filters = JSON.stringify({ label: [RUN_LABEL] });
  const { docker } = engine;
  const [containers, volumes, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names.join(' ')}`),
    ...volumes.Volumes.map(({ Name }) => `volume ${Name}`),
    ...networks.map(({ Name }) => `network ${Name}`),
  ].toSorted();
}

it(
  'a run that was killed at any moment is given back whole by a sweep, and nothing else',
  async () => {
    const nameless = await namelessVolumes();
    await killAndSweep({
      env: 'container',
      latest: 14_000,
      sweepWithin: seconds(60),
      look: labelled,
      decoys: 3,
    });
    expect((await decoy.inspect()).State.Running).toBe(true);
    // Those that images declare bear no label, and go with their containers.
    expect(await namelessVolumes()).toEqual(nameless);
  },
  KILLS_LIMIT,
);
