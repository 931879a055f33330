import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LABEL_TESTCONTAINERS_SESSION_ID } from 'testcontainers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Ground } from '../../src/environments/conformance/ground.ts';
import { buildImage } from '../../src/environments/container/build-image.ts';
import { containerEnvironment } from '../../src/environments/container/container-environment.ts';
import { type Engine, findEngine, REMOVED } from '../../src/environments/container/engine.ts';
import { ofRun } from '../../src/environments/container/layout.ts';
import { removeRun } from '../../src/environments/container/things-of-run.ts';
import { NET_IMAGE } from '../../src/environments/images/image-choice.ts';
import { echoesIn } from './support/echo-subject.ts';
import { provideEchoImage } from './support/engine.ts';

/**
 * What a run tells a reaper of itself. In place of Ryuk, whose image a machine may not have, stands
 * one that writes down what it hears and takes nothing away.
 */
const folder = mkdtempSync(join(tmpdir(), 'highwater-reaper-'));
const STAND_IN = 'highwater/test-reaper:1';
const RECIPE = `ARG BASE
FROM \${BASE}
CMD ["sh", "-c", "echo Started; exec socat -u TCP-LISTEN:8080,fork,reuseaddr STDOUT"]
`;

let engine: Engine;
beforeAll(async () => {
  await provideEchoImage();
  engine = await findEngine();
  const recipe = join(folder, 'Dockerfile');
  writeFileSync(recipe, RECIPE);
  const base = process.env['HIGHWATER_IMAGE_NET'] ?? NET_IMAGE;
  await buildImage(engine, { tag: STAND_IN, base, recipe: [recipe], jars: [] });
  vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', undefined);
  vi.stubEnv('RYUK_CONTAINER_IMAGE', STAND_IN);
  // By this label testcontainers of other processes know that it is not for them.
  vi.stubEnv('TESTCONTAINERS_RYUK_TEST_LABEL', 'true');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const { Id } of await reapers()) await engine.docker.getContainer(Id).remove(REMOVED);
  await engine.docker.getImage(STAND_IN).remove();
  rmSync(folder, { recursive: true });
});

const reapers = () =>
  engine.docker.listContainers({
    all: true,
    filters: JSON.stringify({ ancestor: [STAND_IN] }),
  });

/** The sessions of all that a run has in the engine while it lives. */
async function sessionsOf(run: string, keep: boolean): Promise<ReadonlySet<string | undefined>> {
  await using environment = containerEnvironment({ keep });
  const subject = { ...echoesIn(folder), environment: () => environment };
  const wanted = { nodes: 1, links: [] } as const;
  const ground = await Ground.reserve(subject, { environment, run, wanted });
  try {
    await ground.launch(0, 1);
    const filters = ofRun(run);
    const [containers, { Volumes: volumes }, networks] = await Promise.all([
      engine.docker.listContainers({ all: true, filters }),
      engine.docker.listVolumes({ filters }),
      engine.docker.listNetworks({ filters }),
    ]);
    const things = [...containers, ...(volumes ?? []), ...networks];
    expect(things.length).toBeGreaterThan(3);
    return new Set(things.map(({ Labels }) => Labels?.[LABEL_TESTCONTAINERS_SESSION_ID]));
  } finally {
    await ground.scope.close();
    await removeRun(engine, run);
  }
}

it('all that a run has belongs to a session that the reaper was told of', async () => {
  const [session, ...others] = await sessionsOf(`reaped-${process.pid}`, false);
  expect(session).toMatch(/^[0-9a-f]+$/);
  expect(others).toEqual([]);
  const [reaper] = await reapers();
  const heard = await engine.docker
    .getContainer(reaper?.Id ?? '')
    .logs({ stdout: true, follow: false });
  expect(heard.toString()).toContain(`label=${LABEL_TESTCONTAINERS_SESSION_ID}=${session}`);
});

it('what is to be kept belongs to none: it would be gone soon after the run', async () => {
  expect([...(await sessionsOf(`kept-${process.pid}`, true))]).toEqual([undefined]);
});
