import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsumedBatch } from '../../src/clients/kafka/port.ts';
import { ms, seconds } from '../../src/core/time.ts';
import { lookAtLag } from '../../src/probes/lag.ts';
import { openTransaction } from './support/open-transaction.ts';
import { readValues } from './support/read-values.ts';
import { type RunningKafka, runKafka } from './support/running-kafka.ts';

const ORDERS = [0, 1, 2].map((partition) => ({ topic: 'orders', partition }));
const GROUP = {
  group: 'readers',
  topics: ['orders'],
  sessionTimeout: seconds(3),
  heartbeatInterval: ms(500),
  commitInterval: ms(200),
};
const values = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text));

describe.each(['4.3.1', '3.9.1'])('clients of Kafka %s', (version) => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = await runKafka({ version });
    console.log(`Kafka ${version}: three brokers ready after ${Math.round(kafka.readyAfter)} ms`);
    await kafka.create([{ name: 'orders', partitions: 3, replication: 3, minInSync: 2 }]);
  });
  afterAll(() => kafka?.[Symbol.asyncDispose]());

  it('reach a cluster in which every node answers for itself', async () => {
    const { sut, signal } = kafka;
    for (const { id } of sut.nodes) expect([id, await sut.answers(id, signal)]).toEqual([id, true]);
    await using admin = await sut.clients('check').admin(signal);
    const cluster = await admin.cluster();
    expect(cluster.brokers.map(({ id }) => sut.nodeOf(id)).sort()).toEqual([
      'broker-1',
      'broker-2',
      'broker-3',
    ]);
    expect(sut.nodeOf(cluster.controller ?? 0)).toBe('controller-1');
  });

  it('read the settings that bound a failover from the running system', async () => {
    const { sut, signal } = kafka;
    expect(sut.timings).toMatchObject({
      'broker.session.timeout.ms': 3_000,
      'controller.quorum.election.timeout.ms': 500,
      'replica.lag.time.max.ms': 5_000,
    });
    await using admin = await sut.clients('check').admin(signal);
    expect(await admin.config({ topic: 'orders' })).toMatchObject({ 'min.insync.replicas': '2' });
    expect(await admin.config({ broker: 2 })).toMatchObject({ 'node.id': '2' });
  });

  it('say by name what a broker refuses', async () => {
    await using admin = await kafka.sut.clients('check').admin(kafka.signal);
    const topic = { name: 'orders', partitions: 1, replication: 1, minInSync: 1, config: {} };
    await expect(admin.createTopic(topic)).rejects.toThrow(
      'topic orders not created: TOPIC_ALREADY_EXISTS',
    );
    await expect(admin.createTopic({ ...topic, name: 'wide', replication: 7 })).rejects.toThrow(
      'topic wide not created: INVALID_REPLICATION_FACTOR',
    );
    await expect(admin.topics(['none'])).rejects.toThrow(
      'metadata of topic none: UNKNOWN_TOPIC_OR_PARTITION',
    );
  });

  it.each([[false], [true]])(
    'send, idempotent %s, and are told the offset of each batch',
    async (idempotent) => {
      const { sut, signal } = kafka;
      const of = { topic: 'orders', partition: idempotent ? 1 : 0 };
      const options = { acks: 'all', idempotent, requestTimeout: seconds(10) } as const;
      await using producer = await sut.clients('load').producer(options, signal);
      const sent = await Promise.all(
        ['a', 'b', 'c'].map((text) => producer.send({ ...of, values: values(text, `${text}2`) })),
      );
      expect(sent).toEqual(
        [0n, 2n, 4n].map((baseOffset) => ({ kind: 'ok', value: { baseOffset } })),
      );
      expect(await readValues(sut, of, signal)).toEqual(['a', 'a2', 'b', 'b2', 'c', 'c2']);
    },
  );

  it('know nothing of a send without acknowledgement, and that a refused one did not happen', async () => {
    const { sut, signal } = kafka;
    const options = { idempotent: false, requestTimeout: seconds(10) } as const;
    const [, , of = { topic: '', partition: 0 }] = ORDERS;
    const clients = sut.clients('load');
    await using silent = await clients.producer({ ...options, acks: 'none' }, signal);
    expect(await silent.send({ ...of, values: values('silent') })).toMatchObject({
      kind: 'unknown',
      error: { name: 'NO_ACKNOWLEDGEMENT' },
    });
    await using producer = await clients.producer({ ...options, acks: 'all' }, signal);
    const tooLarge = Buffer.alloc(2 * 1024 * 1024, 'x');
    expect(await producer.send({ ...of, values: [tooLarge] })).toMatchObject({
      kind: 'fail',
      error: { name: 'MESSAGE_TOO_LARGE' },
    });
    const nowhere = { topic: 'none', partition: 0, values: values('lost') };
    expect(await producer.send(nowhere)).toMatchObject({
      kind: 'fail',
      error: { name: 'UNKNOWN_TOPIC_OR_PARTITION' },
    });
  });

  it('consume from the start, commit by interval, and leave the group when closed', async () => {
    const { sut, signal, until } = kafka;
    const seen: string[] = [];
    const onBatch = ({ records }: ConsumedBatch) => {
      seen.push(...records.map(({ value }) => String(value)));
    };
    const clients = sut.clients('load');
    await using admin = await sut.clients('check').admin(signal);
    const end = await admin.offsets('orders', 'high-watermark');
    {
      await using consumer = await clients.consumer(GROUP, signal);
      await consumer.start(onBatch);
      await until('all consumed', () => seen.length >= 12);
      await until('all committed', async () => {
        const committed = await admin.committed(GROUP.group, 'orders');
        return [...end].every(([partition, offset]) => committed.get(partition) === offset);
      });
    }
    expect(seen.filter((value) => value !== 'silent').sort()).toEqual(
      ['a', 'a', 'a2', 'a2', 'b', 'b', 'b2', 'b2', 'c', 'c', 'c2', 'c2'].sort(),
    );
    // A group that was left lets the next member in at once, and nothing comes twice.
    await using next = await clients.consumer(GROUP, signal);
    const before = performance.now();
    await next.start(onBatch);
    expect(performance.now() - before).toBeLessThan(GROUP.sessionTimeout);
  });

  it('find no commit of a group that made none', async () => {
    const { sut, signal } = kafka;
    await using admin = await sut.clients('check').admin(signal);
    expect([...(await admin.committed('nobody', 'orders')).values()]).toEqual([null, null, null]);
  });

  it('tell what is behind the end of a log from what a transaction holds back', async () => {
    const { sut, signal, until } = kafka;
    const of = { topic: 'deals', partition: 0 };
    await kafka.create([{ name: of.topic, partitions: 1, replication: 3, minInSync: 2 }]);
    const sending = { acks: 'all', idempotent: false, requestTimeout: seconds(10) } as const;
    await using producer = await sut.clients('load').producer(sending, signal);
    await producer.send({ ...of, values: values('done') });
    const group = { ...GROUP, group: 'dealers', topics: [of.topic] };
    await using admin = await sut.clients('check').admin(signal);
    const look = () => lookAtLag(admin, group);
    {
      await using consumer = await sut.clients('load').consumer(group, signal);
      await consumer.start(() => {});
      await until('the first record committed', async () => (await look())[0]?.committed === 1n);
    }

    await producer.send({ ...of, values: values('open', 'to all') });
    const transaction = await openTransaction(sut.view('load').bootstrap, of, 3);
    expect(await look()).toMatchObject([{ highWatermark: 6n, lastStable: 3n, lag: 5n }]);
    await transaction.abort();
    // Its mark is written later than the answer, and is in the log too.
    await until('the mark of the abort', async () => (await look())[0]?.lastStable !== 3n);
    expect(await look()).toMatchObject([{ highWatermark: 7n, lastStable: 7n, lag: 6n }]);
  });

  it('agree with what is on the disks of all replicas', async () => {
    const { sut, signal } = kafka;
    const of = { topic: 'orders', partition: 0 };
    const onLeader = await readValues(sut, of, signal);
    for (const node of ['broker-1', 'broker-2', 'broker-3']) {
      const batches = (await sut.readReplica(node, of)) ?? [];
      const onDisk = batches.flatMap(({ records }) => records ?? []).map(({ value }) => `${value}`);
      expect(onDisk).toEqual(onLeader);
    }
    expect(await sut.readReplica('controller-1', of)).toEqual([]);
  });
});
