import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../../core/time.ts';
import type { TopicPartition } from '../../record/names.ts';
import { type StartedLog, startLog, topicOf } from './testing/started-log.ts';
import { acknowledgedIn, steadyLoad, valuesIn } from './testing/steady-load.ts';

const PARTITIONS = [0, 1, 2].map((partition) => ({ topic: 'orders', partition }));

/** One broker dies, stays away for a while, and the next death comes a while after its return. */
const DEATH: fc.Arbitrary<Death> = fc.record({
  broker: fc.integer({ min: 1, max: 3 }),
  how: fc.constantFrom('SIGKILL' as const, 'SIGTERM' as const),
  afterMs: fc.integer({ min: 0, max: 4_000 }),
  awayMs: fc.integer({ min: 0, max: 6_000 }),
});
interface Death {
  readonly broker: number;
  readonly how: 'SIGKILL' | 'SIGTERM';
  readonly afterMs: number;
  readonly awayMs: number;
}

/** Looks at the high watermarks every now and then; those that cannot be asked are left out. */
async function watchHighWatermarks(log: StartedLog, until: () => boolean): Promise<bigint[][]> {
  const seen: bigint[][] = PARTITIONS.map(() => []);
  while (!until()) {
    const ends = await log.admin.offsets('orders', 'high-watermark').catch(() => new Map());
    for (const [partition, end] of ends) seen[partition]?.push(end);
    await log.clock.sleep(ms(50));
  }
  return seen;
}

/** All that a replica's file says, as one text. */
async function contentOf(log: StartedLog, node: string, of: TopicPartition): Promise<string> {
  const batches = (await log.sut.readReplica(node, of)) ?? [];
  return batches
    .map(({ baseOffset, leaderEpoch, records }) => {
      const values = records?.map(({ value }) => Buffer.from(value ?? []).toString());
      return `${baseOffset} ${leaderEpoch} ${values}`;
    })
    .join('\n');
}

async function play(deaths: readonly Death[], seed: string) {
  await using log = await startLog({ spec: { seed } });
  const forMs = deaths.reduce((sum, { afterMs, awayMs }) => sum + afterMs + awayMs, 6_000);
  let over = false;
  const watching = watchHighWatermarks(log, () => over);
  const load = steadyLoad(log, { perSecond: 60, forMs });
  for (const { broker, how, afterMs, awayMs } of deaths) {
    await log.clock.sleep(ms(afterMs));
    // The next one waits until the last one is back in sync: at most one broker is down at a time.
    await log.untilReady();
    log.kill(`broker-${broker}`, how);
    await log.clock.sleep(ms(awayMs));
    log.start(`broker-${broker}`);
  }
  const attempts = await load;
  await log.untilReady();
  over = true;
  const watched = await watching;
  const found = await Promise.all(
    PARTITIONS.map(async (of) => ({
      acknowledged: acknowledgedIn(attempts, of),
      there: await valuesIn(log, of),
      replicas: await Promise.all(log.sut.nodes.map(({ id }) => contentOf(log, id, of))),
    })),
  );
  return { attempts, watched, found };
}

describe('a simulated log under any schedule of deaths, one broker at a time', () => {
  it('loses nothing, doubles nothing, keeps the order, and never takes its high watermark back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(DEATH, { minLength: 1, maxLength: 5 }),
        fc.string({ minLength: 1, maxLength: 3 }),
        async (deaths, seed) => {
          const { attempts, watched, found } = await play(deaths, seed);
          expect(attempts.every(({ outcome }) => outcome !== undefined)).toBe(true);
          for (const { acknowledged, there, replicas } of found) {
            const wanted = new Set(acknowledged);
            expect(there.filter((value) => wanted.has(value))).toEqual(acknowledged);
            expect(new Set(there).size).toBe(there.length);
            expect(acknowledged.length).toBeGreaterThan(20);
            expect(new Set(replicas).size).toBe(1);
          }
          for (const ends of watched) expect(ends).toEqual(ends.toSorted((a, b) => Number(a - b)));
        },
      ),
      { seed: 20_261_121, numRuns: 15 },
    );
  });

  it('never says fail of a record that is in the log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(DEATH, { minLength: 1, maxLength: 3 }), async (deaths) => {
        const { attempts, found } = await play(deaths, 'fail');
        const there = new Set(found.flatMap((each) => each.there));
        const failed = attempts.filter(({ outcome }) => outcome?.kind === 'fail');
        expect(failed.filter(({ value }) => there.has(value))).toEqual([]);
      }),
      { seed: 20_261_122, numRuns: 10 },
    );
  });
});

describe('a live consumer of a simulated log', () => {
  const options = {
    group: 'g',
    topics: ['orders'],
    sessionTimeout: seconds(3),
    heartbeatInterval: ms(500),
    commitInterval: ms(500),
  };

  it('gets every record over a leader death, and lag goes back to nothing', async () => {
    await using log = await startLog();
    const seen = new Set<string>();
    const consumer = await log.clients.consumer(options, log.scope.signal);
    await consumer.start(({ records }) => {
      for (const { value } of records) seen.add(Buffer.from(value ?? []).toString());
    });
    const load = steadyLoad(log, { perSecond: 100, forMs: 10_000 });
    await log.clock.sleep(seconds(3));
    log.kill('broker-2');
    await log.clock.sleep(seconds(5));
    log.start('broker-2');
    const attempts = await load;
    await log.clock.sleep(seconds(2));
    for (const of of PARTITIONS) {
      expect((await valuesIn(log, of)).filter((value) => !seen.has(value))).toEqual([]);
      expect(acknowledgedIn(attempts, of).length).toBeGreaterThan(200);
    }
    const committed = await log.admin.committed('g', 'orders');
    expect(committed).toEqual(await log.admin.offsets('orders', 'high-watermark'));
    await consumer[Symbol.asyncDispose]();
    await expect(consumer.ended).resolves.toBeUndefined();
  });

  it('begins where its group committed, and hands over again what was not committed', async () => {
    await using log = await startLog({ topics: [topicOf('orders', { partitions: 1 })] });
    const of = { partitions: 1, perSecond: 100 };
    const first = await log.clients.consumer(options, log.scope.signal);
    await first.start(() => {});
    await steadyLoad(log, { ...of, forMs: 1_000 });
    await log.clock.sleep(seconds(1));
    const before = (await log.admin.committed('g', 'orders')).get(0) as bigint;
    expect(before).toBe(100n);
    const load = steadyLoad(log, { ...of, forMs: 1_000 });
    await log.clock.sleep(ms(300));
    const offsets: bigint[] = [];
    const second = await log.clients.consumer(options, log.scope.signal);
    await second.start(({ records }) => offsets.push(...records.map(({ offset }) => offset)));
    await first[Symbol.asyncDispose]();
    await load;
    await log.clock.sleep(seconds(1));
    expect(offsets[0]).toBeGreaterThanOrEqual(100n);
    expect(offsets[0]).toBeLessThan(200n);
    expect(offsets.at(-1)).toBe(199n);
  });

  it('starts anew from the earliest when what it stood at is gone', async () => {
    const topics = [topicOf('orders', { partitions: 1, replication: 1, minInSync: 1 })];
    await using log = await startLog({ topics });
    const offsets: bigint[] = [];
    const consumer = await log.clients.consumer(options, log.scope.signal);
    await consumer.start(({ records }) => offsets.push(...records.map(({ offset }) => offset)));
    await steadyLoad(log, { perSecond: 100, forMs: 1_000, partitions: 1 });
    await log.clock.sleep(seconds(1));
    log.kill('broker-1');
    log.wipe('broker-1', { topic: 'orders', partition: 0 });
    await log.clock.sleep(seconds(4));
    log.start('broker-1');
    await log.untilReady();
    await steadyLoad(log, { perSecond: 100, forMs: 100, partitions: 1 });
    await log.clock.sleep(seconds(1));
    expect(offsets.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, at) => BigInt(at)));
    expect(offsets.slice(100)).toEqual(Array.from({ length: 10 }, (_, at) => BigInt(at)));
  });
});
