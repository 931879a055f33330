import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Engine, findEngine } from '../../src/environments/container/engine.ts';
import { ensureImage, hasImage } from '../../src/environments/container/images.ts';
import { serveImage } from './support/small-registry.ts';

/** Images that the engine does not have, from a registry that is named as testcontainers does. */
const NAME = 'apache/kafka';
const TAG = '0.0.1-of-a-test';

let engine: Engine;
beforeEach(async () => {
  engine = await findEngine();
});
afterEach(() => vi.unstubAllEnvs());

it('an image is pulled once, by the prefix that names of images are to have', async () => {
  await using registry = await serveImage(NAME, TAG);
  vi.stubEnv('TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX', registry.at);
  const full = `${registry.at}/${NAME}:${TAG}`;
  const told: string[] = [];
  try {
    expect(await ensureImage(engine, `${NAME}:${TAG}`, (doing) => told.push(doing))).toBe(full);
    expect(told).toEqual([`pulling ${full}`]);
    expect(registry.asked.some((line) => line.includes(`/v2/${NAME}/blobs/`))).toBe(true);
    expect(await hasImage(engine, `${NAME}:${TAG}`)).toBe(true);

    const before = registry.asked.length;
    expect(await ensureImage(engine, `${NAME}:${TAG}`, () => {})).toBe(full);
    expect(registry.asked).toHaveLength(before);
  } finally {
    await engine.docker.getImage(full).remove();
  }
});

it('an image that the registry does not have is an error that says what to do', async () => {
  await using registry = await serveImage(NAME, TAG);
  vi.stubEnv('TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX', registry.at);
  const missing = ensureImage(engine, `${NAME}:0.0.2-of-a-test`, () => {});
  await expect(missing).rejects.toThrow(`no image ${registry.at}/${NAME}:0.0.2-of-a-test: `);
  await expect(missing).rejects.toMatchObject({
    code: 'ENV_NOT_READY',
    hint: expect.stringContaining('highwater images build'),
  });
});
