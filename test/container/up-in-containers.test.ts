import { beforeAll, expect, it } from 'vitest';
import { minutes } from '../../src/core/time.ts';
import { makeDoomedPlace } from '../integration/support/doomed-run.ts';
import { commandLineFor } from './support/command-line.ts';
import { provideImages } from './support/kafka-images.ts';

/** A system that is put up in containers is talked to like one on this machine. */
beforeAll(() => provideImages({ software: 'kafka', version: '4.3.1' }));

it('a system is put up, hurt, and taken down', async () => {
  using place = makeDoomedPlace();
  await using commandLine = commandLineFor('c', place, minutes(2));
  const { highwater } = commandLine;
  const where = ['--env', 'container', '--out', `${place.root}/reports`];
  const up = await highwater('up', '--detach', '--name', 'c', ...where);
  expect(up).toMatch(/broker-3 +up +[0-9a-f]{12} +127\.0\.0\.1:\d+/);
  expect(await highwater('fault', 'pause', 'broker-2', '--hold', '1s', '--on', 'c')).toMatch(
    /took and was healed/,
  );
  expect(await highwater('load', '--on', 'c', '--for', '3s')).toMatch(/outages +none/);
  expect(await highwater('down', 'c')).toMatch(/c is down/);
  expect(await highwater('status')).not.toMatch(/^c /m);
});
