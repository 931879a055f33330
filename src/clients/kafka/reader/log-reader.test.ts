import { afterEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../../core/errors.ts';
import { ms } from '../../../core/time.ts';
import type { ReadBatch } from '../port.ts';
import { type LogReaderOptions, logReader, type OwnLogReader } from './log-reader.ts';
import { encodeBatch, encodeMarker } from './testing/encode-batch.ts';
import { type FakeBehaviour, type FakeBroker, fakeBroker } from './testing/fake-broker.ts';

const ORDERS = { topic: 'orders', partition: 0 };
const never = new AbortController().signal;
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing[Symbol.asyncDispose]();
});

async function brokerAndReader(
  behaviour: Partial<FakeBehaviour>,
  options: Partial<LogReaderOptions> = {},
): Promise<{ broker: FakeBroker; reader: OwnLogReader }> {
  const broker = await fakeBroker(behaviour);
  const bootstrap = [broker.address];
  const quick = { requestTimeout: ms(300), patience: ms(250), retryEvery: ms(5) };
  const reader = logReader({ bootstrap, clientId: 'test', ...quick, ...options });
  opened.push(broker, reader);
  return { broker, reader };
}

/** Three records a batch, from offset 0 on. */
const LOG = [0n, 3n, 6n, 9n].map((baseOffset) =>
  encodeBatch({ baseOffset, records: [{}, {}, {}] }),
);
/** As a broker fetches: from the batch that holds the offset, whole batches up to a size. */
const fetchFrom =
  (log: readonly Buffer[], end: bigint): FakeBehaviour['fetch'] =>
  ({ offset, maxBytes }) => {
    const from = log.findIndex((bytes) => lastOffsetOf(bytes) >= offset);
    const picked: Buffer[] = [];
    let size = 0;
    for (const bytes of from < 0 ? [] : log.slice(from)) {
      if (size > 0 && size + bytes.length > maxBytes) break;
      picked.push(bytes);
      size += bytes.length;
    }
    return { highWatermark: end, bytes: Buffer.concat(picked) };
  };
const lastOffsetOf = (bytes: Buffer): bigint =>
  bytes.readBigInt64BE(0) + BigInt(bytes.readInt32BE(23));

async function collect(batches: AsyncIterable<ReadBatch>): Promise<string[]> {
  const seen: string[] = [];
  for await (const batch of batches) seen.push(`${batch.baseOffset}-${batch.lastOffset}`);
  return seen;
}
const errorOf = (batches: AsyncIterable<ReadBatch>): Promise<string> =>
  collect(batches).then(String, messageOf);

describe('logReader', () => {
  it('reads from a position to another, in fetches of one batch each if need be', async () => {
    const { broker, reader } = await brokerAndReader(
      { fetch: fetchFrom(LOG, 12n) },
      { fetchBytes: 1 },
    );
    expect(await collect(reader.read(ORDERS, 0n, 12n, never))).toEqual([
      '0-2',
      '3-5',
      '6-8',
      '9-11',
    ]);
    expect(broker.asked).toEqual([
      'ApiVersions',
      'Metadata v7',
      'Fetch v11 at 0',
      'Fetch v11 at 3',
      'Fetch v11 at 6',
      'Fetch v11 at 9',
    ]);
  });

  it('gives whole batches that touch the range, and no others', async () => {
    const { reader } = await brokerAndReader({ fetch: fetchFrom(LOG, 12n) });
    expect(await collect(reader.read(ORDERS, 4n, 7n, never))).toEqual(['3-5', '6-8']);
    expect(await collect(reader.read(ORDERS, 5n, 6n, never))).toEqual(['3-5']);
    expect(await collect(reader.read(ORDERS, 6n, 6n, never))).toEqual([]);
  });

  it('ends at a marker and in gaps, because the position counts and not the records', async () => {
    const log = [
      encodeBatch({ records: [{}] }),
      encodeBatch({ baseOffset: 7n, lastOffsetDelta: 4, records: [] }),
      encodeMarker('commit', { baseOffset: 20n, producerId: 1n }),
    ];
    const { reader } = await brokerAndReader({ fetch: fetchFrom(log, 21n) });
    expect(await collect(reader.read(ORDERS, 0n, 21n, never))).toEqual(['0-0', '7-11', '20-20']);
    // What lies behind the gap ends a read that asked for the gap.
    expect(await collect(reader.read(ORDERS, 12n, 15n, never))).toEqual([]);
  });

  it('speaks the highest version that both sides know, from v4 on', async () => {
    const seen: unknown[] = [];
    const { broker, reader } = await brokerAndReader({
      versions: { 1: [0, 4], 2: [0, 2], 3: [0, 4], 18: [0, 0] },
      fetch: (ask) => {
        seen.push([ask.version, ask.leaderEpoch]);
        return fetchFrom(LOG, 12n)(ask);
      },
    });
    await collect(reader.read(ORDERS, 0n, 12n, never));
    expect(await reader.offset(ORDERS, 'earliest', never)).toBe(0n);
    expect(broker.asked).toContain('Metadata v4');
    expect(broker.asked).toContain('ListOffsets v2 -2');
    for (const highest of [5, 7, 8, 9, 10, 11]) {
      const other = await brokerAndReader({
        versions: { 1: [4, highest], 2: [1, 4], 3: [0, 6], 18: [0, 0] },
        leaderEpoch: 6,
        fetch: (ask) => {
          seen.push([ask.version, ask.leaderEpoch]);
          return fetchFrom(LOG, 12n)(ask);
        },
      });
      expect(await collect(other.reader.read(ORDERS, 0n, 12n, never))).toHaveLength(4);
    }
    // Metadata below v7 does not tell the leader epoch, so it is not checked: −1.
    expect(seen).toEqual([4, 5, 7, 8, 9, 10, 11].map((version) => [version, -1]));
  });

  it('says which versions a broker speaks when there is none in common', async () => {
    const { broker, reader } = await brokerAndReader({
      versions: { 1: [12, 17], 3: [0, 13], 18: [0, 4] },
    });
    expect(await errorOf(reader.read(ORDERS, 0n, 1n, never))).toBe(
      `${broker.address} speaks v12 to v17 of Fetch, this reader v4 to v11`,
    );
  });

  it('asks for the three ends of a log', async () => {
    const { broker, reader } = await brokerAndReader({ start: 2n, stable: 7n, end: 9n });
    expect(await reader.offset(ORDERS, 'earliest', never)).toBe(2n);
    expect(await reader.offset(ORDERS, 'last-stable', never)).toBe(7n);
    expect(await reader.offset(ORDERS, 'high-watermark', never)).toBe(9n);
    expect(broker.asked.filter((ask) => ask.startsWith('ListOffsets'))).toEqual([
      'ListOffsets v5 -2',
      'ListOffsets v5 -1 committed',
      'ListOffsets v5 -1',
    ]);
  });

  it('looks the leader up again when it has moved, hung up or answered rubbish', async () => {
    const answers = [{ error: 6 }, 'close', 'rubbish', { error: 75 }] as const;
    let at = 0;
    const { broker, reader } = await brokerAndReader({
      fetch: (ask) => answers[at++] ?? fetchFrom(LOG, 12n)(ask),
    });
    expect(await collect(reader.read(ORDERS, 0n, 12n, never))).toHaveLength(4);
    expect(broker.asked.filter((ask) => ask.startsWith('Metadata'))).toHaveLength(5);
  });

  it('waits for a leader, and tells what it last saw when none comes', async () => {
    const { broker, reader } = await brokerAndReader({ leader: -1, fetch: fetchFrom(LOG, 12n) });
    expect(await errorOf(reader.read(ORDERS, 0n, 12n, never))).toMatch(
      /^orders-0: fetch at offset 0 got no answer in 250 ms: .*LEADER_NOT_AVAILABLE" \(\d+ tries/,
    );
    const reading = collect(reader.read(ORDERS, 0n, 12n, never));
    broker.behaviour.leader = 1;
    expect(await reading).toHaveLength(4);
  });

  it('gives up on a broker that does not answer', async () => {
    const { broker, reader } = await brokerAndReader({ fetch: () => 'hang' });
    expect(await errorOf(reader.read(ORDERS, 0n, 12n, never))).toBe(
      'orders-0: fetch at offset 0 got no answer in 250 ms: ' +
        `last seen "${broker.address}: no answer to Fetch in 300 ms, broker 1" (1 tries)`,
    );
  });

  it('gives up when no broker is there', async () => {
    const broker = await fakeBroker();
    const { address } = broker;
    await broker[Symbol.asyncDispose]();
    const { reader } = await brokerAndReader({}, { bootstrap: [address] });
    expect(await errorOf(reader.read(ORDERS, 0n, 1n, never))).toContain(
      `last seen "no broker gave metadata (${address}: connect ECONNREFUSED ${address})"`,
    );
  });

  it('ends at once when its signal aborts or it is closed', async () => {
    const { reader } = await brokerAndReader(
      { fetch: () => 'hang' },
      { requestTimeout: ms(60_000) },
    );
    const aborting = new AbortController();
    const first = errorOf(reader.read(ORDERS, 0n, 1n, aborting.signal));
    const second = errorOf(reader.read(ORDERS, 0n, 1n, never));
    aborting.abort(new Error('enough'));
    expect(await first).toBe('enough');
    await reader[Symbol.asyncDispose]();
    expect(await second).toBe('the log reader was closed');
    expect(await errorOf(reader.read(ORDERS, 0n, 1n, never))).toBe('the log reader was closed');
  });

  it('says that a log ends before what was asked', async () => {
    const { reader } = await brokerAndReader({ fetch: fetchFrom(LOG, 12n) });
    expect(await errorOf(reader.read(ORDERS, 0n, 15n, never))).toContain(
      'fetch at offset 12 got no answer in 250 ms: last seen "the log ends at 12, before 15',
    );
  });

  it('says what a log holds that was truncated or lost its start', async () => {
    const { reader } = await brokerAndReader({ fetch: () => ({ error: 1 }), start: 5n, end: 9n });
    expect(await errorOf(reader.read(ORDERS, 2n, 9n, never))).toBe(
      'orders-0: fetch at offset 2: OFFSET_OUT_OF_RANGE, the log begins at 5 and ends at 9',
    );
  });

  it('throws at once on an error that does not pass', async () => {
    const { reader } = await brokerAndReader({ topicError: 29 });
    expect(await errorOf(reader.read(ORDERS, 0n, 1n, never))).toBe(
      'metadata of orders-0: TOPIC_AUTHORIZATION_FAILED',
    );
  });

  it('yields a batch with a wrong CRC once and reads on behind it', async () => {
    const rotten = LOG.map((bytes, at) => {
      const copy = Buffer.from(bytes);
      // A last offset that is not to be believed: too low, and far too high.
      if (at === 1) copy.writeInt32BE(1, 23);
      if (at === 3) copy.writeInt32BE(1_000_000, 23);
      return copy;
    });
    for (const fetchBytes of [1, 1_000]) {
      const { reader } = await brokerAndReader({ fetch: fetchFrom(rotten, 12n) }, { fetchBytes });
      const seen: string[] = [];
      for await (const batch of reader.read(ORDERS, 0n, 12n, never)) {
        seen.push(`${batch.baseOffset} ${batch.crcOk}`);
      }
      expect(seen).toEqual(['0 true', '3 false', '6 true', '9 false']);
    }
  });

  it('asks for more when a broker cuts a batch that is larger than the fetch', async () => {
    const [first] = LOG as [Buffer];
    const sizes: number[] = [];
    const { reader } = await brokerAndReader(
      {
        fetch: ({ maxBytes }) => {
          sizes.push(maxBytes);
          return { highWatermark: 3n, bytes: first.subarray(0, maxBytes) };
        },
      },
      { fetchBytes: 30 },
    );
    expect(await collect(reader.read(ORDERS, 0n, 3n, never))).toEqual(['0-2']);
    expect(sizes).toEqual([30, 60, 120]);
  });

  it('refuses an address that is none', () => {
    for (const bootstrap of ['localhost', ':9092', 'h:0', 'h:x']) {
      expect(() => logReader({ bootstrap: [bootstrap], clientId: 'test' })).toThrow(
        `bootstrap address "${bootstrap}": expected host:port`,
      );
    }
  });
});
