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

describe('groups of produce-consume', () => {
  const groupOf = (group: unknown, ground?: Parameters<typeof parseParams>[2]) =>
    parseParams({ topic: 'orders', group }, topics, ground);
  const decided = (group: unknown) => {
    const parsed = groupOf(group);
    return 'params' in parsed ? parsed.params.group : parsed.problems;
  };

  it('have kafkajs for members where it can be one, and the other driver where not', () => {
    expect(decided({ members: 3 })).toMatchObject({ members: 3, driver: 'kafkajs' });
    expect(decided({ assignor: 'range' })).toMatchObject({ driver: 'kafkajs', assignor: 'range' });
    expect(decided({ assignor: 'cooperative-sticky' })).toMatchObject({ driver: 'platformatic' });
    expect(decided({ static: true })).toMatchObject({ driver: 'platformatic' });
    expect(decided({ protocol: 'consumer' })).toMatchObject({
      driver: 'platformatic',
      assignor: 'uniform',
    });
    expect(decided(false)).toBeNull();
  });

  it('are refused with a reason where the driver cannot be a member', () => {
    expect(
      decided({
        driver: 'kafkajs',
        protocol: 'consumer',
        assignor: 'cooperative-sticky',
        static: true,
      }),
    ).toEqual([
      'group.protocol: kafkajs does not speak KIP-848',
      'group.assignor: kafkajs gives up all partitions in every rebalance',
      'group.static: kafkajs never sends a group.instance.id',
      'group.assignor: the coordinator knows uniform and range, not cooperative-sticky',
    ]);
    expect(decided({ assignor: 'uniform' })).toEqual([
      'group.assignor: uniform is shared out by the coordinator: protocol "consumer"',
    ]);
    expect(decided({ members: 0, assignor: 'sticky' })).toEqual(expect.any(Array));
  });

  it('of KIP-848 are refused where brokers are too old for them', () => {
    const on = (version: string) => ({
      profile: 'fast' as const,
      system: { kind: 'kafka', spec: { version } },
    });
    expect(groupOf({ protocol: 'consumer' }, on('3.9.1'))).toEqual({
      problems: [
        'group.protocol: "consumer" (KIP-848) needs brokers of 4.0.0 or later, these are 3.9.1',
      ],
    });
    expect(groupOf({ protocol: 'consumer' }, on('4.3.1'))).toHaveProperty('params');
    const consumer = { sessionTimeoutMs: 20_000 };
    expect(
      parseParams({ topic: 'orders', group: { protocol: 'consumer' }, consumer }, topics),
    ).toMatchObject({ problems: [expect.stringContaining('the brokers decide it')] });
  });

  it('have shorter sessions in the fast profile', () => {
    const sessionOf = (profile: 'fast' | 'production') => {
      const parsed = groupOf(true, { profile, system: null });
      return 'params' in parsed ? parsed.params.consumer.sessionTimeoutMs : null;
    };
    expect([sessionOf('fast'), sessionOf('production')]).toEqual([6_000, 10_000]);
  });

  it('read along in all topics, each named once', () => {
    const two = [...topics, { ...topics[0], name: 'audit' } as TopicPlan];
    expect(parseParams({ topics: ['orders', 'audit'] }, two)).toMatchObject({
      params: { topics: ['orders', 'audit'] },
    });
    expect(parseParams({ topics: ['orders', 'orders'] }, two)).toEqual({
      problems: ['topics: a topic is named twice'],
    });
    expect(parseParams({ topic: 'orders', topics: ['audit'] }, two)).toEqual({
      problems: ['topic: not beside topics'],
    });
  });
});
