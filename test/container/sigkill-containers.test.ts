import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandOk } from '../../src/core/exec.ts';
import { rngOf } from '../../src/core/rng.ts';
import { seconds } from '../../src/core/time.ts';
import {
  type Container,
  type Engine,
  findEngine,
} from '../../src/environments/container/engine.ts';
import { RUN_LABEL } from '../../src/environments/container/layout.ts';
import {
  type DoomedPlace,
  makeDoomedPlace,
  startDoomedRun,
  sweepArgv,
} from '../integration/support/doomed-run.ts';
import { ECHO_IMAGE } from '../integration/support/echo-nodes.ts';
import { provideEchoImage } from './support/engine.ts';
import { provideImages } from './support/kafka-images.ts';

/**
 * A harness that is killed leaves containers, which nothing of the kernel's ends; a sweep gives all
 * of it back and touches nothing beside it. HIGHWATER_TEST_KILLS says how often, 10 times unless
 * told.
 */
const KILLS = Number(process.env['HIGHWATER_TEST_KILLS'] ?? 10);
const SEED = process.env['HIGHWATER_KILL_SEED'] ?? String(process.pid);
/** A run is under load by then, on an idle machine. */
const LATEST_MS = 14_000;
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
  await decoy.remove({ force: true });
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

async function sweep(place: DoomedPlace): Promise<string> {
  const signal = new AbortController().signal;
  const options = { signal, within: seconds(60), env: place.env };
  return (await runCommandOk(sweepArgv(), options)).stdout;
}

it(
  'a run that was killed at any moment is given back whole by a sweep, and nothing else',
  async () => {
    using place = makeDoomedPlace();
    const rng = rngOf(SEED);
    const before = await labelled();
    expect(before).toHaveLength(3);
    let left = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const moment = rng.next() * LATEST_MS;
      const run = startDoomedRun(place, { name: `kill-${kill}`, flags: ['--env', 'container'] });
      await pause(moment);
      expect(run.child.exitCode, run.said()).toBeNull();
      run.child.kill('SIGKILL');
      await run.ended;
      left = Math.max(left, (await labelled()).length - before.length);
      const said = await sweep(place);
      const where = `seed ${SEED}, kill ${kill} after ${Math.round(moment)} ms: ${said}`;
      expect(said, where).not.toMatch(/failed/);
      expect(await labelled(), where).toEqual(before);
      expect((await decoy.inspect()).State.Running).toBe(true);
    }
    // Else no kill came while there was anything to leave.
    expect(left).toBeGreaterThan(0);
  },
  120_000 + KILLS * 60_000,
);
