import { beforeAll, expect, it } from 'vitest';
import { minutes } from '../../src/core/time.ts';
import { commandLineFor } from '../container/support/command-line.ts';
import { provideImages } from '../container/support/kafka-images.ts';
import { makeDoomedPlace } from '../integration/support/doomed-run.ts';
import { testTarget } from './support/cluster.ts';

/** A system that is put up on Kubernetes is talked to like one on this machine. */
beforeAll(async () => {
  await provideImages({ software: 'kafka', version: '4.3.1' });
  await testTarget();
});

it('a system is put up, hurt, and taken down', async () => {
  using place = makeDoomedPlace();
  await using commandLine = commandLineFor('k', place, minutes(3));
  const { highwater } = commandLine;
  const where = ['--env', 'kubernetes', '--out', `${place.root}/reports`];
  const up = await highwater('up', '--detach', '--name', 'k', ...where);
  expect(up).toMatch(/broker-3 +up +[0-9a-f]{12} +127\.0\.0\.1:309\d\d/);
  expect(await highwater('load', '--on', 'k', '--for', '3s')).toMatch(/acknowledged +1 \d{3}\b/);
  // A broker that has just come back may send clients to where its leaderships went.
  expect(await highwater('fault', 'crash', 'broker-2', '--hold', '1s', '--on', 'k')).toMatch(
    /took and was healed/,
  );
  expect(await highwater('down', 'k')).toMatch(/k is down/);
  expect(await highwater('status')).not.toMatch(/^k /m);
});
