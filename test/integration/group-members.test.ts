import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type GroupDescription,
  type LogConsumer,
  type MemberNews,
  type Membership,
  PLAIN_MEMBERSHIP,
} from '../../src/clients/kafka/port.ts';
import { ms, seconds } from '../../src/core/time.ts';
import { showPartition } from '../../src/record/names.ts';
import { type RunningKafka, runKafka } from './support/running-kafka.ts';

const PARTITIONS = 6;
type Kind = Membership & { readonly name: string };
const KINDS: readonly Kind[] = [
  { name: 'range over kafkajs', ...PLAIN_MEMBERSHIP, assignor: 'range' },
  {
    name: 'cooperative-sticky',
    ...PLAIN_MEMBERSHIP,
    driver: 'platformatic',
    assignor: 'cooperative-sticky',
  },
  { name: 'static', ...PLAIN_MEMBERSHIP, driver: 'platformatic', isStatic: true },
];
const KIP_848: Kind = {
  name: 'kip-848',
  driver: 'platformatic',
  protocol: 'consumer',
  assignor: 'uniform',
  isStatic: false,
};

/** A member with everything that it was told and handed. */
interface Watched {
  readonly consumer: LogConsumer;
  readonly news: MemberNews[];
  readonly values: string[];
}

describe.each([
  ['4.3.1', [...KINDS, KIP_848]],
  ['3.9.1', KINDS.slice(1)],
] as const)('members of groups of Kafka %s', (version, kinds) => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = await runKafka({ version, brokers: 1 });
  });
  afterAll(() => kafka?.[Symbol.asyncDispose]());

  async function join(kind: Kind, member: string): Promise<Watched> {
    const watched = { news: [] as MemberNews[], values: [] as string[] };
    const { name, ...membership } = kind;
    const consumer = await kafka.sut.clients('load').consumer(
      {
        group: groupOf(name),
        member,
        membership,
        topics: [topicOf(name)],
        sessionTimeout: seconds(10),
        heartbeatInterval: ms(300),
        commitInterval: ms(200),
      },
      kafka.signal,
    );
    await consumer.start(
      ({ records }) => watched.values.push(...records.map(({ value }) => String(value))),
      (news) => watched.news.push(news),
    );
    return { consumer, ...watched };
  }

  async function send(topic: string, text: string): Promise<void> {
    const options = { acks: 'all', idempotent: false, requestTimeout: seconds(10) } as const;
    await using producer = await kafka.sut.clients('load').producer(options, kafka.signal);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const values = [Buffer.from(`${text}-${partition}`)];
      expect((await producer.send({ topic, partition, values })).kind).toBe('ok');
    }
  }

  it.each(kinds.map((kind) => [kind.name, kind] as const))(
    'share, pause, leave and come back: %s',
    { timeout: 60_000 },
    async (name, kind) => {
      const { until, signal } = kafka;
      const topic = topicOf(name);
      await kafka.create([{ name: topic, partitions: PARTITIONS, replication: 1, minInSync: 1 }]);
      await using admin = await kafka.sut.clients('check').admin(signal);
      let seen: GroupDescription | undefined;
      const shares = async (expected: Record<string, number>): Promise<void> => {
        await until(`shares ${JSON.stringify(expected)}`, async () => {
          seen = await admin.group(groupOf(name));
          return JSON.stringify(sharesIn(seen)) === JSON.stringify(expected);
        });
      };
      const one = await join(kind, 'one');
      const two = await join(kind, 'two');
      await shares({ one: 3, two: 3 });
      const named = seen?.members.map(({ instance }) => instance !== null);
      expect(named).toEqual([kind.isStatic, kind.isStatic]);
      await send(topic, 'first');
      await until('all handed over', () => one.values.length + two.values.length >= PARTITIONS);
      expect([one.values.length, two.values.length]).toEqual([3, 3]);

      one.consumer.pause();
      await send(topic, 'second');
      await until('two handed its own', () => two.values.length >= 6);
      expect(one.values).toHaveLength(3);
      one.consumer.resume();
      await until('one handed its own', () => one.values.length >= 6);
      await until('all committed', async () =>
        [...(await admin.committed(groupOf(name), topic)).values()].every((at) => at === 2n),
      );

      const before = assignedTo(one);
      const told = two.news.length;
      await one.consumer[Symbol.asyncDispose]();
      if (kind.isStatic) {
        await shares({ one: 3, two: 3 });
        const again = await join(kind, 'one');
        expect(assignedTo(again)).toEqual(before);
        // Nobody else was told anything (KIP-345).
        expect(two.news.slice(told)).toEqual([]);
        await again.consumer[Symbol.asyncDispose]();
      } else {
        await shares({ two: 6 });
        await send(topic, 'third');
        await until('two handed all', () => two.values.length >= 6 + PARTITIONS);
        expect(two.values.filter((value) => value.startsWith('third'))).toHaveLength(PARTITIONS);
      }
      await two.consumer[Symbol.asyncDispose]();
    },
  );

  it('are nobody in a group that nobody has joined', async () => {
    await using admin = await kafka.sut.clients('check').admin(kafka.signal);
    expect(await admin.group('nobody')).toEqual({ state: 'Dead', members: [] });
  });
});

const groupOf = (name: string): string => `group-of-${name.replaceAll(' ', '-')}`;
const topicOf = (name: string): string => `topic-of-${name.replaceAll(' ', '-')}`;

const sharesIn = ({ members }: GroupDescription): Record<string, number> =>
  Object.fromEntries(
    members
      .map(({ clientId, assigned }) => [clientId.split('-').at(-1) ?? '', assigned.length] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const assignedTo = ({ news }: Watched): readonly string[] =>
  (news.findLast(({ act }) => act === 'assigned')?.assigned ?? []).map(showPartition).sort();
