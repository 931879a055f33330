import { describe, expect, it } from 'vitest';
import type { TopicPlan } from '../../record/plan.ts';
import { produceConsume } from './builder.ts';
import { parseParams } from './params.ts';

const topics: readonly TopicPlan[] = [
  { name: 'orders', partitions: 6, replication: 3, minInSync: 2, config: {} },
];

describe('parameters of produce-consume', () => {
  it('need nothing but a topic', () => {
    expect(parseParams(produceConsume({ topic: 'orders' }).params, topics)).toEqual({
      params: {
        topics: ['orders'],
        acks: 'all',
        idempotent: false,
        valueBytes: 100,
        producers: 1,
        spread: 'all',
        group: {
          members: 1,
          driver: 'kafkajs',
          protocol: 'classic',
          assignor: 'round-robin',
          static: false,
        },
        requestTimeoutMs: 15_000,
        consumer: { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 1_000, commitIntervalMs: 500 },
      },
    });
  });

  it('survive JSON, and parsing once more', () => {
    const first = parseParams({ topic: 'orders', consumer: { commitIntervalMs: 100 } }, topics);
    const params = 'params' in first ? first.params : {};
    expect(parseParams(JSON.parse(JSON.stringify(params)), topics)).toEqual(first);
  });

  it('have every problem told at once, unknown keys by their names', () => {
    expect(
      parseParams(
        { topic: 'order', acks: 1, valueBytes: 20, ack: 'all', consumer: { timeout: 1 } },
        topics,
      ),
    ).toEqual({
      problems: [
        'acks: Invalid option: expected one of "all"|"leader"|"none"',
        'valueBytes: Too small: expected number to be >=76',
        'consumer.timeout: unknown key',
        'ack: unknown key',
        'topic: expected one of the scenario\'s topics ("orders"), got "order"',
      ],
    });
  });

  it('must fit together', () => {
    expect(
      parseParams(
        {
          topic: 'orders',
          acks: 'leader',
          idempotent: true,
          consumer: { heartbeatIntervalMs: 9_000 },
        },
        topics,
      ),
    ).toEqual({
      problems: [
        "idempotent: an idempotent producer needs acks: 'all'",
        'consumer.heartbeatIntervalMs: must be at most a third of sessionTimeoutMs',
      ],
    });
  });

  it('must be an object with a topic', () => {
    expect(parseParams(undefined, topics)).toEqual({
      problems: ['params: Invalid input: expected object, received undefined'],
    });
    expect(parseParams({}, topics)).toEqual({
      problems: ['topics: Invalid input: expected array, received undefined'],
    });
  });
});
