import { describe, expect, it } from 'vitest';
import { seconds } from '../../../core/time.ts';
import { startLog, topicOf } from '../testing/started-log.ts';
import { steadyLoad } from '../testing/steady-load.ts';

const P0 = { topic: 'orders', partition: 0 };

describe('clients of a simulated log', () => {
  it('find out how the cluster, its topics and their settings are', async () => {
    await using log = await startLog({
      spec: { config: { 'log.flush': 'never' }, sessionTimeoutMs: 4_000 },
      topics: [topicOf('orders', { config: { 'segment.bytes': '1048576' } })],
    });
    const { admin, sut } = log;
    expect(await admin.cluster()).toEqual({
      clusterId: 'cluster-of-the-test',
      controller: 1,
      brokers: [1, 2, 3].map((id) => ({
        id,
        host: `broker-${id}.listener.load.invalid`,
        port: 9_092,
      })),
    });
    expect(await admin.topics(['orders'])).toContainEqual({
      ...P0,
      leader: 1,
      leaderEpoch: 0,
      replicas: [1, 2, 3],
      isr: [1, 2, 3],
    });
    await expect(admin.topics(['nope'])).rejects.toThrow('topic nope: UNKNOWN_TOPIC_OR_PARTITION');
    expect(await admin.config({ broker: 2 })).toEqual({
      'node.id': '2',
      'log.flush': 'never',
      'broker.session.timeout.ms': '4000',
      'broker.heartbeat.interval.ms': '500',
    });
    expect(await admin.config({ topic: 'orders' })).toMatchObject({
      'min.insync.replicas': '2',
      'segment.bytes': '1048576',
    });
    expect(sut.timings).toEqual({
      'broker.session.timeout.ms': 4_000,
      'broker.heartbeat.interval.ms': 500,
    });
    expect(sut.view('check')).toMatchObject({
      driver: 'simlog',
      bootstrap: [1, 2, 3].map((id) => `broker-${id}.listener.check.invalid:9092`),
    });
  });

  it('cannot create a topic twice, nor with more replicas than there are brokers', async () => {
    await using log = await startLog();
    await expect(log.admin.createTopic(topicOf('orders'))).rejects.toThrow('TOPIC_ALREADY_EXISTS');
    await expect(log.admin.createTopic(topicOf('wide', { replication: 4 }))).rejects.toThrow(
      'INVALID_REPLICATION_FACTOR: 4 replicas wanted, 3 brokers registered',
    );
  });

  it('learn no offsets of a partition while its leader is away, and are told why', async () => {
    await using log = await startLog();
    log.kill('broker-1');
    await expect(log.admin.offsets('orders', 'high-watermark')).rejects.toThrow(
      'offsets of orders-0 at broker 1: ECONNREFUSED',
    );
    await log.clock.sleep(seconds(4));
    expect((await log.admin.offsets('orders', 'high-watermark')).get(0)).toBe(0n);
  });

  it('cannot be opened when nobody answers', async () => {
    await using log = await startLog();
    for (const node of ['broker-1', 'broker-2', 'broker-3']) log.kill(node);
    const options = { acks: 'all', idempotent: true, requestTimeout: seconds(1) } as const;
    await expect(log.clients.producer(options, log.scope.signal)).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
    });
    await expect(log.admin.cluster()).rejects.toThrow('ECONNREFUSED');
  });

  it('read from the middle of a log up to the middle, each batch whole', async () => {
    await using log = await startLog();
    await steadyLoad(log, { perSecond: 300, forMs: 1_000 });
    const reader = await log.clients.reader(log.scope.signal);
    const bases: bigint[] = [];
    for await (const batch of reader.read(P0, 10n, 15n, log.scope.signal)) {
      bases.push(batch.baseOffset);
      expect(batch).toMatchObject({ crcOk: true, control: null, codec: 'none', producerEpoch: 0 });
    }
    expect(bases).toEqual([10n, 11n, 12n, 13n, 14n]);
  });

  it('wait for a leader before they give up reading, and for no longer than they may', async () => {
    await using log = await startLog();
    await steadyLoad(log, { perSecond: 300, forMs: 1_000 });
    log.kill('broker-1');
    const reader = await log.clients.reader(log.scope.signal);
    let batches = 0;
    for await (const batch of reader.read(P0, 0n, 100n, log.scope.signal)) {
      batches += batch.records?.length ?? 0;
    }
    expect(batches).toBe(100);
    const beyond = async (): Promise<void> => {
      for await (const batch of reader.read(P0, 99n, 101n, log.scope.signal)) void batch;
    };
    await expect(beyond()).rejects.toThrow(
      'read of orders-0 stands at 100 of 101 since 30 s: the log ends before',
    );
  });

  it('get a completion for whatever they send, and never a rejection', async () => {
    await using log = await startLog();
    const options = { acks: 'none', idempotent: false, requestTimeout: seconds(1) } as const;
    const producer = await log.clients.producer(options, log.scope.signal);
    const values = [Buffer.from('x')];
    expect((await producer.send({ ...P0, values })).kind).toBe('unknown');
    expect(await producer.send({ topic: 'nope', partition: 0, values })).toMatchObject({
      kind: 'fail',
      error: { name: 'UNKNOWN_TOPIC_OR_PARTITION' },
    });
    await producer[Symbol.asyncDispose]();
    expect(await producer.send({ ...P0, values })).toMatchObject({
      kind: 'fail',
      error: { name: 'PRODUCER_CLOSED' },
    });
  });

  it('share the partitions of a group, and get those of a member that leaves', async () => {
    await using log = await startLog();
    const member = async (seen: Set<number>) => {
      const consumer = await log.clients.consumer(
        {
          group: 'g',
          topics: ['orders'],
          sessionTimeout: seconds(3),
          heartbeatInterval: seconds(1),
          commitInterval: seconds(1),
        },
        log.scope.signal,
      );
      await consumer.start(({ partition }) => seen.add(partition));
      return consumer;
    };
    const [one, two] = [new Set<number>(), new Set<number>()];
    const first = await member(one);
    await member(two);
    await log.clock.sleep(seconds(1));
    await steadyLoad(log, { perSecond: 300, forMs: 1_000 });
    expect([...one, ...two].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    await first[Symbol.asyncDispose]();
    await log.clock.sleep(seconds(1));
    await steadyLoad(log, { perSecond: 300, forMs: 1_000 });
    expect([...two].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });
});
