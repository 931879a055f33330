import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reaperImage } from './reaper.ts';

// Not exported by its index: what getReaper starts, and pulls if it is not there.
const { getReaperImage } = createRequire(import.meta.url)(
  'testcontainers/build/reaper/reaper.js',
) as { getReaperImage: () => string };

describe('the image of the reaper', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([undefined, 'mirror.example/ryuk:1'])('is that of testcontainers: %s', (told) => {
    vi.stubEnv('RYUK_CONTAINER_IMAGE', told);
    expect(reaperImage()).toBe(getReaperImage());
  });
});
