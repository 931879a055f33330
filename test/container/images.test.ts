import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEngine } from '../../src/environments/container/engine.ts';
import { hasImage } from '../../src/environments/container/images.ts';
import { loadImagesFrom, saveImagesTo } from '../../src/registry/images.ts';
import { ECHO_IMAGE } from '../integration/support/echo-nodes.ts';
import { provideEchoImage } from './support/engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'highwater-images-'));
const file = join(folder, 'images.tar');
const COPY = 'highwater/test-copy:1';
beforeAll(() => provideEchoImage());
afterAll(() => rmSync(folder, { recursive: true }));

describe('images', () => {
  it('are carried by a file', async () => {
    const engine = await findEngine();
    const { docker } = engine;
    await docker.getImage(ECHO_IMAGE.reference).tag({ repo: 'highwater/test-copy', tag: '1' });
    await saveImagesTo(file, [COPY, ECHO_IMAGE.reference]);
    await docker.getImage(COPY).remove();
    expect(await hasImage(engine, COPY)).toBe(false);
    await loadImagesFrom(file);
    expect(await hasImage(engine, COPY)).toBe(true);
    await docker.getImage(COPY).remove();
  });

  it('are not written over a file, and one that is not there makes none', async () => {
    await expect(saveImagesTo(file, [ECHO_IMAGE.reference])).rejects.toThrow(/is there already/);
    const none = join(folder, 'none.tar');
    await expect(saveImagesTo(none, ['highwater/none:1'])).rejects.toThrow(/no image highwater/);
    expect(existsSync(none)).toBe(false);
    await expect(loadImagesFrom(none)).rejects.toThrow(/no file/);
  });
});
