import { describe, expect, it } from 'vitest';
import type { LogAdmin, LogReader, OffsetsAt, ReadBatch } from '../../clients/kafka/port.ts';
import { seconds } from '../../core/time.ts';
import { virtualClock } from '../../core/virtual-clock.ts';
import type { EventBody } from '../../record/events.ts';
import type { DeliveryDelta } from '../../record/ledger.ts';
import type { Sut } from '../../systems/system.ts';
import { finalReads } from './final-reads.ts';
import { batchOf, RUN, valueOf } from './testing/batches.ts';

interface Log {
  /** By partition: batches in order of offset. */
  readonly batches: readonly (readonly ReadBatch[])[];
  /** Where a read of a partition breaks off. */
  readonly breaks?: Readonly<Record<number, Error>>;
  /** High watermark of each look; the last one stays. */
  readonly watermarks?: readonly number[];
  readonly asked?: () => void;
}

/** A system of which only the check vantage's admin and reader are there to be asked. */
function sutOf({ batches, breaks = {}, watermarks = [], asked }: Log): Sut {
  const end = (partition: number): number =>
    Number((batches[partition] ?? []).at(-1)?.lastOffset ?? -1n) + 1;
  let looks = 0;
  const admin = {
    offsets: async (_topic: string, at: OffsetsAt) => {
      if (at === 'high-watermark') asked?.();
      const moved = at === 'high-watermark' ? watermarks[looks++] : undefined;
      return new Map(
        batches.map((_, partition) => [
          partition,
          BigInt(at === 'earliest' ? 0 : (moved ?? watermarks.at(-1) ?? end(partition))),
        ]),
      );
    },
    topics: async () =>
      batches.map((_, partition) => ({
        topic: 'orders',
        partition,
        leader: 1,
        leaderEpoch: 7,
        replicas: [1],
        isr: [1],
      })),
    [Symbol.asyncDispose]: async () => {},
  } as unknown as LogAdmin;
  const reader: LogReader = {
    async *read({ partition }) {
      yield* batches[partition] ?? [];
      const broken = breaks[partition];
      if (broken !== undefined) throw broken;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const clients = { admin: async () => admin, reader: async () => reader };
  return {
    clients: (from: string) => {
      if (from !== 'check') throw new Error(`final reads came from ${from}`);
      return clients;
    },
  } as unknown as Sut;
}

async function read(log: Log, signal: AbortSignal = new AbortController().signal) {
  using clock = virtualClock();
  const events: EventBody[] = [];
  const deltas: DeliveryDelta[] = [];
  const done = finalReads({
    run: RUN,
    params: {
      topics: ['orders'],
      acks: 'all',
      idempotent: false,
      valueBytes: 80,
      producers: 1,
      spread: 'all',
      group: null,
      requestTimeoutMs: 1_000,
      consumer: { sessionTimeoutMs: 10_000, heartbeatIntervalMs: 1_000, commitIntervalMs: 500 },
    },
    topics: [
      {
        name: 'orders',
        partitions: log.batches.length,
        replication: 1,
        minInSync: 1,
        config: {},
      },
    ],
    sut: sutOf(log),
    recorder: {
      event: (body) => events.push(body),
      samples: () => {},
      deliveries: (told) => deltas.push(...told),
    },
    clock,
    signal,
    progress: () => {},
    attempted: log.batches.map((_, partition) => ({
      session: 'p0',
      topic: 'orders',
      partition,
      upTo: 99,
    })),
  });
  const thrown = await done.then(
    () => null,
    (error: unknown) => error,
  );
  return { events, deltas, thrown, took: clock.now() };
}

const values = (count: number, partition: number): Uint8Array[] =>
  Array.from({ length: count }, (_, sequence) => valueOf(sequence, { partition }));

describe('final reads', () => {
  it('read every partition from its start to its high watermark', async () => {
    const { events, deltas, took } = await read({
      batches: [[batchOf(0, values(3, 0)), batchOf(3, [valueOf(3)])], []],
    });
    expect(deltas).toEqual([
      { topic: 'orders', partition: 0, session: 'p0', as: 'in-log', ranges: [[0, 3]] },
    ]);
    expect(events).toEqual([
      {
        kind: 'final-offsets',
        topic: 'orders',
        partition: 0,
        logStart: '0',
        highWatermark: '4',
        lastStable: '4',
        leaderEpoch: 7,
        position: '4',
        records: 4,
        trouble: null,
      },
      {
        kind: 'final-offsets',
        topic: 'orders',
        partition: 1,
        logStart: '0',
        highWatermark: '0',
        lastStable: '0',
        leaderEpoch: 7,
        position: '0',
        records: 0,
        trouble: null,
      },
    ]);
    expect(took).toBe(seconds(2));
  });

  it('wait until the ends stand still for 2 s', async () => {
    const { events, took } = await read({
      batches: [[batchOf(0, values(5, 0))]],
      watermarks: [1, 3, 5, 5],
    });
    expect(events).toMatchObject([{ highWatermark: '5', records: 5, trouble: null }]);
    expect(took).toBe(seconds(6));
  });

  it('go by the last ends and say so when these never stand still', async () => {
    const watermarks = Array.from({ length: 100 }, (_, look) => look);
    const { events } = await read({ batches: [[batchOf(0, values(50, 0))]], watermarks });
    expect(events).toMatchObject([
      {
        position: '50',
        trouble: expect.stringContaining('the ends of orders stand still: not so'),
      },
    ]);
  });

  it('say of every partition that its ends were not told', async () => {
    const { events } = await read({
      batches: [[], []],
      asked: () => {
        throw new Error('no leader');
      },
    });
    expect(events).toMatchObject([
      { partition: 0, position: null, trouble: expect.stringContaining('no leader') },
      { partition: 1, position: null, trouble: expect.stringContaining('no leader') },
    ]);
  });

  it('tell how far they came where a log cannot be read to its end, and read the others', async () => {
    const { events, deltas, thrown } = await read({
      batches: [[batchOf(0, values(2, 0))], [batchOf(0, values(3, 1))]],
      watermarks: [9],
      breaks: { 0: new Error('connection refused') },
    });
    expect(thrown).toBeNull();
    expect(events).toMatchObject([
      { partition: 0, position: '2', highWatermark: '9', trouble: 'connection refused' },
      { partition: 1, position: '3', trouble: null },
    ]);
    expect(deltas).toHaveLength(2);
  });

  it('tell what they have when they are called off in the middle', async () => {
    const off = new AbortController();
    const reason = new Error('called off');
    const batches = {
      *[Symbol.iterator]() {
        yield batchOf(0, values(2, 0));
        off.abort(reason);
        throw reason;
      },
      at: () => ({ lastOffset: 8n }),
    } as unknown as readonly ReadBatch[];
    const { events, deltas, thrown } = await read({ batches: [batches, []] }, off.signal);
    expect(thrown).toBe(reason);
    expect(events).toMatchObject([{ partition: 0, position: '2', trouble: 'called off' }]);
    expect(deltas).toHaveLength(1);
  });
});
