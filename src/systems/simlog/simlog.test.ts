import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../../core/time.ts';
import { startLog, topicOf } from './testing/started-log.ts';
import { acknowledgedIn, steadyLoad, valuesIn } from './testing/steady-load.ts';

const P0 = { topic: 'orders', partition: 0 };
const leaderEpochs = async (log: Awaited<ReturnType<typeof startLog>>) =>
  (await log.sut.leadership(['orders'], log.scope.signal)).map(({ epoch }) => epoch);

describe('a simulated log', () => {
  it('keeps what was acknowledged, in order, when a leader dies under load', async () => {
    await using log = await startLog();
    const load = steadyLoad(log, { perSecond: 200, forMs: 20_000 });
    await log.clock.sleep(seconds(5));
    const victim = (await log.sut.leaderOf(P0, log.scope.signal)) as string;
    log.kill(victim);
    const killedAt = log.clock.now();
    await log.clock.sleep(seconds(8));
    expect(await log.sut.leaderOf(P0, log.scope.signal)).not.toBe(victim);
    log.start(victim);
    const attempts = await load;
    await log.untilReady();
    for (const partition of [0, 1, 2]) {
      const of = { topic: 'orders', partition };
      const acknowledged = acknowledgedIn(attempts, of);
      const there = await valuesIn(log, of);
      const wanted = new Set(acknowledged);
      expect(there.filter((value) => wanted.has(value))).toEqual(acknowledged);
      expect(acknowledged.length).toBeGreaterThan(1_000);
    }
    const resumed = attempts.find(
      ({ of, sentAt, outcome }) =>
        of.partition === 0 && sentAt > killedAt && outcome?.kind === 'ok',
    );
    expect(resumed?.sentAt as number).toBeGreaterThan(killedAt + 2_500);
    expect(resumed?.sentAt as number).toBeLessThan(killedAt + 3_100);
  });

  it('says of each attempt what a client of a real log could know', async () => {
    await using log = await startLog();
    const load = steadyLoad(log, { perSecond: 1_000, forMs: 2_000 });
    await log.clock.sleep(seconds(1));
    log.kill((await log.sut.leaderOf(P0, log.scope.signal)) as string);
    const attempts = (await load).filter(({ of }) => of.partition === 0);
    const learnt = new Set(
      attempts.map(({ outcome }) =>
        outcome?.kind === 'ok' ? 'ok' : `${outcome?.kind} ${outcome?.error.name}`,
      ),
    );
    expect([...learnt].sort()).toEqual(['fail ECONNREFUSED', 'ok', 'unknown ECONNRESET']);
  });

  it('stalls acks=all where the dead broker was a follower, and times out what waits too long', async () => {
    await using log = await startLog();
    const followerOnly = (await log.sut.leadership(['orders'], log.scope.signal)).find(
      ({ leader }) => leader !== 'broker-1',
    );
    const { partition } = followerOnly as { partition: number };
    log.kill('broker-1');
    const producer = await log.clients.producer(
      { acks: 'all', idempotent: true, requestTimeout: ms(1_000) },
      log.scope.signal,
    );
    const batch = { topic: 'orders', partition, values: [Buffer.from('x')] };
    expect(await producer.send(batch)).toMatchObject({
      kind: 'unknown',
      error: { name: 'REQUEST_TIMED_OUT' },
    });
    await log.clock.sleep(seconds(3));
    expect(await producer.send(batch)).toMatchObject({ kind: 'ok' });
    // The first one was appended all the same: that is why it was unknown.
    expect(await valuesIn(log, batch)).toEqual(['x', 'x']);
  });

  it('refuses acks=all below min.insync.replicas before anything is appended', async () => {
    await using log = await startLog();
    log.kill('broker-2');
    log.kill('broker-3');
    await log.clock.sleep(seconds(4));
    const producer = await log.clients.producer(
      { acks: 'all', idempotent: true, requestTimeout: seconds(1) },
      log.scope.signal,
    );
    const before = await log.admin.offsets('orders', 'high-watermark');
    expect(await producer.send({ ...P0, values: [Buffer.from('x')] })).toMatchObject({
      kind: 'fail',
      error: { name: 'NOT_ENOUGH_REPLICAS' },
    });
    expect(await log.admin.offsets('orders', 'high-watermark')).toEqual(before);
  });

  it('loses what acks=leader acknowledged and nobody had copied', async () => {
    await using log = await startLog();
    const load = steadyLoad(log, { perSecond: 2_000, forMs: 1_000, acks: 'leader' });
    await log.clock.sleep(ms(500));
    log.kill('broker-1');
    await log.clock.sleep(seconds(4));
    log.start('broker-1');
    const attempts = await load;
    await log.untilReady();
    const lost = (
      await Promise.all(
        [0, 1, 2].map(async (partition) => {
          const of = { topic: 'orders', partition };
          const there = new Set(await valuesIn(log, of));
          return acknowledgedIn(attempts, of).filter((value) => !there.has(value));
        }),
      )
    ).flat();
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(10);
  });

  it('loses a wiped partition without a second copy, and its offsets start anew', async () => {
    const topics = [topicOf('orders', { replication: 1, minInSync: 1 })];
    await using log = await startLog({ topics });
    const before = await steadyLoad(log, { perSecond: 100, forMs: 2_000 });
    const victim = (await log.sut.leaderOf(P0, log.scope.signal)) as string;
    log.kill(victim);
    expect((await log.sut.readReplica(victim, P0))?.length).toBeGreaterThan(0);
    log.wipe(victim, P0);
    expect(await log.sut.readReplica(victim, P0)).toEqual([]);
    await log.clock.sleep(seconds(4));
    expect(await log.sut.leaderOf(P0, log.scope.signal)).toBeNull();
    log.start(victim);
    await log.untilReady();
    expect(await log.sut.leaderOf(P0, log.scope.signal)).toBe(victim);
    const after = await steadyLoad(log, { perSecond: 100, forMs: 100 });
    expect(acknowledgedIn(before, P0).length).toBeGreaterThan(50);
    expect(await valuesIn(log, P0)).toEqual(acknowledgedIn(after, P0));
  });

  it('keeps a partition without a second copy over a death that leaves its files', async () => {
    const topics = [topicOf('orders', { replication: 1, minInSync: 1 })];
    await using log = await startLog({ topics });
    const attempts = await steadyLoad(log, { perSecond: 100, forMs: 2_000 });
    log.kill('broker-1');
    log.start('broker-1');
    await log.clock.sleep(seconds(5));
    expect(await valuesIn(log, P0)).toEqual(acknowledgedIn(attempts, P0));
  });

  it('waits for the last replica in sync rather than be led by one that lags behind', async () => {
    const topics = [topicOf('orders', { partitions: 1, replication: 2, minInSync: 1 })];
    await using log = await startLog({ topics });
    log.kill('broker-2');
    await log.clock.sleep(seconds(4));
    const attempts = await steadyLoad(log, { perSecond: 100, forMs: 1_000, partitions: 1 });
    log.kill('broker-1');
    log.start('broker-2');
    await log.clock.sleep(seconds(10));
    expect(await log.sut.leaderOf(P0, log.scope.signal)).toBeNull();
    log.start('broker-1');
    await log.untilReady();
    expect(acknowledgedIn(attempts, P0)).toHaveLength(100);
    expect(await valuesIn(log, P0)).toEqual(acknowledgedIn(attempts, P0));
  });

  it('lets a broker that comes back within its session wait until the session is over', async () => {
    await using log = await startLog();
    log.kill('broker-1');
    log.start('broker-1');
    await log.clock.sleep(seconds(2));
    expect(await log.sut.answers('broker-1', log.scope.signal)).toBe(false);
    await log.clock.sleep(seconds(1.5));
    expect(await log.sut.answers('broker-1', log.scope.signal)).toBe(true);
  });

  it('moves leaderships before a broker leaves in good order', async () => {
    await using log = await startLog();
    const load = steadyLoad(log, { perSecond: 300, forMs: 4_000 });
    await log.clock.sleep(seconds(2));
    const victim = (await log.sut.leaderOf(P0, log.scope.signal)) as string;
    log.kill(victim, 'SIGTERM');
    await log.clock.sleep(ms(10));
    expect(await log.sut.leaderOf(P0, log.scope.signal)).not.toBe(victim);
    const failed = (await load).filter(({ outcome }) => outcome?.kind !== 'ok');
    expect(failed.length).toBeLessThan(5);
  });

  it('raises the epoch with every new leader, and only then', async () => {
    await using log = await startLog();
    expect(await leaderEpochs(log)).toEqual([0, 0, 0]);
    log.kill('broker-1');
    await log.clock.sleep(seconds(4));
    log.start('broker-1');
    await log.untilReady();
    expect(await leaderEpochs(log)).toEqual([1, 0, 0]);
    await steadyLoad(log, { perSecond: 30, forMs: 1_000 });
    const epochs = (await log.readAll(P0)).map(({ leaderEpoch }) => leaderEpoch);
    expect(new Set(epochs)).toEqual(new Set([1]));
  });

  it('writes the same bytes on every replica, and another segment for each seed', async () => {
    const segment = async (seed: string, node: string): Promise<string> => {
      await using log = await startLog({ spec: { seed } });
      await steadyLoad(log, { perSecond: 100, forMs: 3_000 });
      const batches = await log.sut.readReplica(node, P0);
      return JSON.stringify(batches, (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
    };
    const first = await segment('one', 'broker-1');
    expect(await segment('one', 'broker-1')).toBe(first);
    expect(await segment('one', 'broker-2')).toBe(first);
    expect(await segment('two', 'broker-1')).not.toBe(first);
  });

  it('plays a minute of 200 records a second with a leader death in under two seconds of processor time', async () => {
    const began = process.cpuUsage();
    await using log = await startLog();
    const seen: bigint[] = [];
    const consumer = await log.clients.consumer(
      {
        group: 'g',
        topics: ['orders'],
        sessionTimeout: seconds(3),
        heartbeatInterval: ms(500),
        commitInterval: ms(500),
      },
      log.scope.signal,
    );
    await consumer.start(({ records }) => seen.push(...records.map(({ offset }) => offset)));
    const load = steadyLoad(log, { perSecond: 200, forMs: 60_000 });
    await log.clock.sleep(seconds(20));
    log.kill('broker-1');
    await log.clock.sleep(seconds(15));
    log.start('broker-1');
    const attempts = await load;
    await log.clock.sleep(seconds(1));
    await consumer[Symbol.asyncDispose]();
    const { user, system } = process.cpuUsage(began);
    const tookMs = (user + system) / 1_000;
    expect(attempts).toHaveLength(12_000);
    expect(seen.length).toBeGreaterThan(11_000);
    expect(tookMs).toBeLessThan(2_000);
  });
});
