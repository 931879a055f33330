import { describe, expect, it } from 'vitest';
import { runKafka } from '../integration/support/running-kafka.ts';

const LAYOUTS: readonly (readonly [string, object])[] = [
  ['three combined nodes of 4.3.1', { version: '4.3.1', combined: true }],
  ['three controllers of 3.9.1', { version: '3.9.1', brokers: 1, controllers: 3 }],
];

describe('a layout of Kafka', () => {
  it.each(LAYOUTS)(
    'of %s becomes ready, and every node answers for itself',
    async (_, topology) => {
      await using kafka = await runKafka(topology);
      const { sut, signal } = kafka;
      for (const { id } of sut.nodes)
        expect([id, await sut.answers(id, signal)]).toEqual([id, true]);
      await using admin = await sut.clients('check').admin(signal);
      const { controller } = await admin.cluster();
      expect(sut.nodes.map(({ id }) => id)).toContain(sut.nodeOf(controller ?? 0));
      expect(sut.timings['broker.session.timeout.ms']).toBe(3_000);
    },
  );

  it('in the production profile keeps the time limits of Kafka', async () => {
    await using kafka = await runKafka({ brokers: 1 }, 'production');
    expect(kafka.sut.timings).toMatchObject({
      'broker.heartbeat.interval.ms': 2_000,
      'broker.session.timeout.ms': 9_000,
      'controller.quorum.fetch.timeout.ms': 2_000,
      'replica.lag.time.max.ms': 30_000,
      'leader.imbalance.check.interval.seconds': 300,
    });
  });
});
