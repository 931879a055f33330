import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { runCommandOk } from '../../src/core/exec.ts';
import { minutes } from '../../src/core/time.ts';
import { makeDoomedPlace } from '../integration/support/doomed-run.ts';
import { provideImages } from './support/kafka-images.ts';

/** A system that is put up in containers is talked to like one on this machine. */
beforeAll(() => provideImages({ software: 'kafka', version: '4.3.1' }));

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

it('a system is put up, hurt, and taken down', async () => {
  using place = makeDoomedPlace();
  const highwater = async (...args: string[]): Promise<string> => {
    const options = { signal: new AbortController().signal, within: minutes(2), env: place.env };
    return (await runCommandOk([process.execPath, MAIN, ...args], options)).stdout;
  };
  const out = `${place.root}/reports`;
  try {
    const up = await highwater('up', '--env', 'container', '--detach', '--name', 'c', '--out', out);
    expect(up).toMatch(/broker-3 +up +[0-9a-f]{12} +127\.0\.0\.1:\d+/);
    expect(await highwater('fault', 'pause', 'broker-2', '--hold', '1s', '--on', 'c')).toMatch(
      /took and was healed/,
    );
    expect(await highwater('load', '--on', 'c', '--for', '3s')).toMatch(/outages +none/);
    expect(await highwater('down', 'c')).toMatch(/c is down/);
  } catch (thrown) {
    // What keeps it up is in the background, and would stay.
    await highwater('down', 'c').catch(() => {});
    throw thrown;
  }
  expect(await highwater('status')).not.toMatch(/^c /m);
});
