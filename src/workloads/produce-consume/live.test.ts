import { describe, expect, it } from 'vitest';
import type {
  ConsumedBatch,
  ConsumerOptions,
  LogClients,
  ProduceBatch,
  ProducerOptions,
} from '../../clients/kafka/port.ts';
import { openScope } from '../../core/scope.ts';
import { ms } from '../../core/time.ts';
import { virtualClock } from '../../core/virtual-clock.ts';
import { type DeliveryDelta, mergeDeltas } from '../../record/ledger.ts';
import { parseParams } from './params.ts';
import { openReceiver } from './receiver.ts';
import { openSender } from './sender.ts';
import { RUN, readerOf, valueOf } from './testing/batches.ts';
import { produceConsumeWorkload } from './workload.ts';

const TOPICS = [
  { name: 'orders', partitions: 3, replication: 1, minInSync: 1, config: {} },
  { name: 'payments', partitions: 2, replication: 1, minInSync: 1, config: {} },
];

function paramsOf(options: object) {
  const topic = 'topics' in options ? {} : { topic: 'orders' };
  const parsed = parseParams({ ...topic, ...options }, TOPICS);
  if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
  return parsed.params;
}

/** Clients that keep what they are asked for, and a consumer that a test feeds. */
function fakeClients() {
  const asked: { producer?: ProducerOptions; consumer?: ConsumerOptions } = {};
  const sent: ProduceBatch[] = [];
  let closed = 0;
  let give: (batch: ConsumedBatch) => void = () => {};
  let die: (reason: Error) => void = () => {};
  const ended = new Promise<void>((_, reject) => {
    die = reject;
  });
  const clients = {
    producer: async (options: ProducerOptions) => {
      asked.producer = options;
      return {
        send: async (batch: ProduceBatch) => {
          sent.push(batch);
          return { kind: 'ok', value: { baseOffset: 0n } };
        },
        [Symbol.asyncDispose]: async () => {
          closed += 1;
        },
      };
    },
    consumer: async (options: ConsumerOptions) => {
      asked.consumer = options;
      return {
        start: async (onBatch: (batch: ConsumedBatch) => void) => {
          give = onBatch;
        },
        ended,
        [Symbol.asyncDispose]: async () => {
          closed += 1;
        },
      };
    },
  } as unknown as LogClients;
  return {
    clients,
    asked,
    sent,
    closed: () => closed,
    give: (batch: ConsumedBatch) => give(batch),
    die: (reason: Error) => die(reason),
  };
}

function openingOf(options: object = {}) {
  const clock = virtualClock();
  const fake = fakeClients();
  const input = {
    run: RUN,
    session: 'p0',
    sessions: ['p0'],
    params: paramsOf(options),
    topics: TOPICS,
    clients: fake.clients,
    clock,
    scope: openScope('test', clock),
  };
  return { ...fake, clock, input };
}

describe('the sender of produce-consume', () => {
  it('has a lane for each partition, and sends values that say where they belong', async () => {
    const { input, asked, sent } = openingOf({ acks: 'leader', requestTimeoutMs: 700 });
    const sender = await openSender(input);
    expect(asked.producer).toEqual({ acks: 'leader', idempotent: false, requestTimeout: 700 });
    expect(sender.lanes.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    expect(await sender.attempt(2, 40, 2)).toMatchObject({ kind: 'ok' });
    expect(sent).toMatchObject([{ topic: 'orders', partition: 2 }]);
    const values = readerOf();
    expect(sent[0]?.values.map((value) => values.decode(value))).toEqual([
      { kind: 'ours', session: 'p0', topic: 'orders', partition: 2, sequence: 40 },
      { kind: 'ours', session: 'p0', topic: 'orders', partition: 2, sequence: 41 },
    ]);
  });

  it('takes no more records into an attempt than a broker takes as one request', async () => {
    const attemptMaxOf = async (valueBytes: number): Promise<number> =>
      (await openSender(openingOf({ valueBytes }).input)).attemptMax;
    expect((await attemptMaxOf(1_024)) * 1_024).toBeLessThan(1_000_000);
    expect(await attemptMaxOf(1_024)).toBeGreaterThan(500);
    expect(await attemptMaxOf(900_000)).toBe(1);
  });

  it('has lanes for all partitions of all topics, of each of its sessions', async () => {
    const { input, sent, closed } = openingOf({ topics: ['orders', 'payments'], producers: 2 });
    const sender = await openSender({ ...input, sessions: ['p2', 'p3'] });
    const lanes = sender.lanes.map(({ session, topic, partition }) =>
      [session, topic, partition].join(' '),
    );
    expect(lanes).toEqual(
      ['p2', 'p3'].flatMap((session) =>
        ['orders 0', 'orders 1', 'orders 2', 'payments 0', 'payments 1'].map(
          (of) => `${session} ${of}`,
        ),
      ),
    );
    await sender.attempt(9, 7, 1);
    expect(sent).toMatchObject([{ topic: 'payments', partition: 1 }]);
    const [value = null] = sent[0]?.values ?? [];
    expect(readerOf().decode(value)).toEqual({
      kind: 'ours',
      session: 'p3',
      topic: 'payments',
      partition: 1,
      sequence: 7,
    });
    await sender[Symbol.asyncDispose]();
    expect(closed()).toBe(2);
  });

  it('sends to one partition of each topic, as its key says, where it is a device', async () => {
    const { input } = openingOf({ topics: ['orders', 'payments'], producers: 2, spread: 'key' });
    const sender = await openSender({ ...input, sessions: ['p4', 'p5'] });
    expect(sender.lanes).toEqual([
      { session: 'p4', topic: 'orders', partition: 1 },
      { session: 'p4', topic: 'payments', partition: 0 },
      { session: 'p5', topic: 'orders', partition: 2 },
      { session: 'p5', topic: 'payments', partition: 1 },
    ]);
  });

  it('closes its producer', async () => {
    const { input, closed } = openingOf();
    await (await openSender(input))[Symbol.asyncDispose]();
    expect(closed()).toBe(1);
  });
});

describe('the receiver of produce-consume', () => {
  const batch = (offset: number, ...sequences: readonly number[]): ConsumedBatch => ({
    topic: 'orders',
    partition: 1,
    records: sequences.map((sequence, index) => ({
      offset: BigInt(offset + index),
      value: valueOf(sequence, { partition: 1 }),
    })),
  });

  async function open() {
    const opening = openingOf();
    const deltas: DeliveryDelta[] = [];
    const counted: number[] = [];
    const receiver = await openReceiver(opening.input, {
      deliveries: (more) => {
        deltas.push(...more);
      },
      consumed: (_of, records) => {
        counted.push(records);
      },
      member: () => {},
    });
    return { ...opening, receiver, deltas, counted };
  }

  it('joins the group whose lag is watched', async () => {
    const { asked, input } = await open();
    expect(asked.consumer).toEqual({
      group: produceConsumeWorkload.groupOf(input.params, RUN),
      member: 'p0',
      membership: {
        driver: 'kafkajs',
        protocol: 'classic',
        assignor: 'round-robin',
        isStatic: false,
      },
      topics: ['orders'],
      sessionTimeout: 6_000,
      heartbeatInterval: 1_000,
      commitInterval: 500,
    });
    expect(produceConsumeWorkload.groupOf(paramsOf({ group: false }), RUN)).toBeNull();
  });

  it('tells what it received twice a second', async () => {
    const { give, clock, deltas, counted } = await open();
    give(batch(0, 0, 1));
    give(batch(2, 2));
    expect(deltas).toEqual([]);
    await clock.sleep(ms(501));
    expect(deltas).toMatchObject([{ session: 'p0', as: 'consumed', ranges: [[0, 2]] }]);
    give(batch(1, 1, 2, 3));
    await clock.sleep(ms(500));
    const { fates } = mergeDeltas(deltas).deliveries[0] ?? {};
    expect(fates).toMatchObject({ consumed: [[0, 3]], 'consumed-again': [[1, 2]] });
    expect(counted).toEqual([2, 1, 1]);
  });

  it('tells the rest when it is closed, once', async () => {
    const { give, receiver, deltas, closed } = await open();
    give(batch(0, 0, 1));
    await Promise.all([receiver[Symbol.asyncDispose](), receiver[Symbol.asyncDispose]()]);
    expect(deltas).toMatchObject([{ as: 'consumed', ranges: [[0, 1]] }]);
    expect(closed()).toBe(1);
  });

  it('has died when its consumer has, unless it was closed before', async () => {
    const { receiver, die } = await open();
    die(new Error('fenced'));
    await expect(receiver.ended).rejects.toThrow('consumer p0 died: fenced');
    const other = await open();
    await other.receiver[Symbol.asyncDispose]();
    other.die(new Error('disconnected'));
    await expect(other.receiver.ended).resolves.toBeUndefined();
  });
});
