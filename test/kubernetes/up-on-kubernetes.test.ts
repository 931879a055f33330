import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { runCommandOk } from '../../src/core/exec.ts';
import { minutes } from '../../src/core/time.ts';
import { provideImages } from '../container/support/kafka-images.ts';
import { makeDoomedPlace } from '../integration/support/doomed-run.ts';
import { testTarget } from './support/cluster.ts';

/** A system that is put up on Kubernetes is talked to like one on this machine. */
beforeAll(async () => {
  await provideImages({ software: 'kafka', version: '4.3.1' });
  await testTarget();
});

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

it('a system is put up, hurt, and taken down', async () => {
  using place = makeDoomedPlace();
  const highwater = async (...args: string[]): Promise<string> => {
    const options = { signal: new AbortController().signal, within: minutes(3), env: place.env };
    return (await runCommandOk([process.execPath, MAIN, ...args], options)).stdout;
  };
  const out = `${place.root}/reports`;
  try {
    const up = await highwater(
      'up',
      '--env',
      'kubernetes',
      '--detach',
      '--name',
      'k',
      '--out',
      out,
    );
    expect(up).toMatch(/broker-3 +up +[0-9a-f]{12} +127\.0\.0\.1:309\d\d/);
    expect(await highwater('load', '--on', 'k', '--for', '3s')).toMatch(/acknowledged +1 \d{3}\b/);
    // A broker that has just come back may send clients to where its leaderships went.
    expect(await highwater('fault', 'crash', 'broker-2', '--hold', '1s', '--on', 'k')).toMatch(
      /took and was healed/,
    );
    expect(await highwater('down', 'k')).toMatch(/k is down/);
  } catch (thrown) {
    // What keeps it up is in the background, and would stay.
    await highwater('down', 'k').catch(() => {});
    throw thrown;
  }
  expect(await highwater('status')).not.toMatch(/^k /m);
});
