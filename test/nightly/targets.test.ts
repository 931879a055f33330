import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { realClock } from '../../src/core/clock.ts';
import { rngOf } from '../../src/core/rng.ts';
import { ms, seconds } from '../../src/core/time.ts';
import { showEndpoint } from '../../src/environments/endpoint.ts';
import { resolveTargets } from '../../src/faults/targets.ts';
import type { TargetRule } from '../../src/record/targets.ts';
import { type RunningKafka, runKafka } from '../integration/support/running-kafka.ts';

const ORDERS = { topic: 'orders', partition: 0 };

/** Whom a rule means on that cluster now. */
async function meant(kafka: RunningKafka, rule: TargetRule, group: string | null = null) {
  const { nodes } = await resolveTargets(rule, {
    sut: kafka.sut,
    groupName: group,
    group: null,
    clock: realClock(),
    rng: rngOf('targets'),
    within: seconds(20),
    signal: kafka.signal,
  });
  return nodes.map(({ id }) => id);
}

/** java.lang.String.hashCode, by whose absolute value Kafka gives a group its partition. */
const javaHash = (text: string): number =>
  text.split('').reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 0);

const bootstrapOf = ({ book }: RunningKafka): string[] =>
  ['broker-1', 'broker-2'].map((node) => showEndpoint(book.at(node, 'load', 'load')));

/** A transaction, without which nobody coordinates its id. */
async function commitOne(brokers: string[], transactionalId: string): Promise<void> {
  const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const producer = client.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'orders', messages: [{ value: 'one' }] });
    await transaction.commit();
  } finally {
    await producer.disconnect();
  }
}

describe('a target rule on real nodes', () => {
  it('means who leads, follows, is the last in sync, controls and coordinates', async () => {
    await using kafka = await runKafka({ brokers: 2, controllers: 3 });
    const { sut, signal } = kafka;
    await kafka.create([{ name: 'orders', partitions: 1, replication: 2, minInSync: 1 }]);
    const [leader] = await meant(kafka, { leaderOf: ORDERS });
    const [follower] = await meant(kafka, { followerOf: ORDERS });
    const [told] = await sut.leadership(['orders'], signal);
    expect(told).toMatchObject({ leader, isr: expect.arrayContaining([leader, follower]) });
    expect(follower).not.toBe(leader);

    const group = 'group-of-targets';
    const options = { group, topics: ['orders'], sessionTimeout: ms(6_000) };
    const rest = { heartbeatInterval: ms(500), commitInterval: ms(500) };
    {
      await using consumer = await sut.clients('load').consumer({ ...options, ...rest }, signal);
      await consumer.start(() => {});
      const offsets = await sut.leadership(['__consumer_offsets'], signal);
      const partition = Math.abs(javaHash(group)) % offsets.length;
      const coordinator = offsets.find((each) => each.partition === partition)?.leader;
      expect(await meant(kafka, { leaderOf: 'group' }, group)).toEqual([coordinator]);
    }

    const transactionalId = 'transactions-of-targets';
    await commitOne(bootstrapOf(kafka), transactionalId);
    const states = await sut.leadership(['__transaction_state'], signal);
    const partition = Math.abs(javaHash(transactionalId)) % states.length;
    const coordinator = states.find((each) => each.partition === partition)?.leader;
    expect(await meant(kafka, { leaderOf: { transactionalId } })).toEqual([coordinator]);

    const [controller = ''] = await meant(kafka, { leaderOf: 'controller' });
    expect(controller).toMatch(/^controller-[123]$/);
    const [standby] = await meant(kafka, { followerOf: 'controller' });
    expect(standby).not.toBe(controller);
    const kill = (id: string) =>
      sut.nodes
        .find((node) => node.id === id)
        ?.control('process')
        ?.kill('SIGKILL');
    await kill(controller);
    // Another one is elected, whom the rule means from then on.
    await kafka.until('another controller', async () => {
      const [now] = await meant(kafka, { leaderOf: 'controller' });
      return now !== controller;
    });

    await kill(follower ?? '');
    expect(await meant(kafka, { lastInSyncOf: ORDERS })).toEqual([leader]);
  });

  it('means the one controller where there is one', async () => {
    await using kafka = await runKafka({ brokers: 1, controllers: 1 });
    expect(await meant(kafka, { leaderOf: 'controller' })).toEqual(['controller-1']);
    await expect(meant(kafka, { followerOf: 'controller' })).rejects.toThrow('no follower');
  });
});
