/** Our reader on what happens to real logs: cleaned, deleted from, large, led by somebody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadBatch } from '../../src/clients/kafka/port.ts';
import { dumpBatches } from '../../src/clients/kafka/reader/dump-batches.ts';
import { logReader } from '../../src/clients/kafka/reader/log-reader.ts';
import { realClock } from '../../src/core/clock.ts';
import { ms, seconds } from '../../src/core/time.ts';
import { waitFor } from '../../src/core/wait-for.ts';
import { type JavaPrograms, javaPrograms } from '../integration/support/java-programs.ts';
import { type KafkaUnderTest, startKafka } from '../integration/support/kafka-under-test.ts';
import { readByUs, showRecord } from '../integration/support/read-by-us.ts';
import { runKafka } from '../integration/support/running-kafka.ts';

describe.each(['3.9.1', '4.3.1'])('our reader on Kafka %s', (version) => {
  let kafka: KafkaUnderTest;
  let java: JavaPrograms;
  beforeAll(async () => {
    kafka = await startKafka(version, { 'log.cleaner.backoff.ms': '200' });
    java = await javaPrograms(kafka.classPath, AbortSignal.timeout(60_000));
  });
  afterAll(async () => {
    await java?.[Symbol.asyncDispose]();
    await kafka?.[Symbol.asyncDispose]();
  });

  it('reads over the gaps that compaction leaves', async ({ signal }) => {
    const config = 'cleanup.policy=compact segment.ms=500 min.cleanable.dirty.ratio=0.01';
    const round = ['a', 'b', 'only-here', 'a', 'b'];
    const send = (name: string) => (key: string) => `send ${name} compacted 1 ${key} ${key}`;
    const script = [
      `topic compacted ${config}`,
      'producer p',
      'producer t transactional.id=t',
      ...round.map(send('p')),
      'begin t',
      ...['a', 'b'].map(send('t')),
      'commit t',
      'begin t',
      ...['a', 'b'].map(send('t')),
      'abort t',
    ];
    await java.play(kafka.bootstrap, script.join('\n'), signal);
    // A record after segment.ms rolls the segment, and only rolled segments are cleaned.
    let keep = 0;
    await waitFor(
      {
        what: 'log cleaned',
        look: async (look) => {
          keep += 1;
          await java.play(kafka.bootstrap, `producer p\nsend p compacted 1 a keep-${keep}`, look);
          return dataOf((await readByUs(kafka.bootstrap, 'compacted', { signal: look })).batches);
        },
        show: (records) => `${records.length} records`,
      },
      {
        clock: realClock(),
        signal,
        within: seconds(60),
        // "b" was written four times, of which once in a transaction that was aborted.
        until: (records) => records.filter(({ key }) => String(key) === 'b').length === 1,
      },
    );
    // The cleaner may still be at work: compare reads between which it did nothing.
    const ask = { isolation: 'read_uncommitted', topics: ['compacted'] } as const;
    const read = async (look: AbortSignal) =>
      readByUs(kafka.bootstrap, 'compacted', { signal: look, fetchBytes: 1 });
    const { ours, theirs } = await waitFor(
      {
        what: 'log at rest',
        look: async (look) => {
          const before = await read(look);
          const delivered = await java.read(kafka.bootstrap, ask, look);
          const after = await read(look);
          const atRest = dumpBatches(before.batches) === dumpBatches(after.batches);
          return { ours: after, theirs: delivered.get('compacted'), atRest };
        },
        show: ({ atRest }) => (atRest ? 'at rest' : 'cleaned meanwhile'),
      },
      { clock: realClock(), signal, within: seconds(60), until: ({ atRest }) => atRest },
    );
    const records = dataOf(ours.batches);
    expect(records.map(showRecord)).toEqual(theirs?.records);
    expect(records.map(({ key }) => String(key))).toContain('only-here');
    expect(records.length).toBeLessThan(Number(ours.highWatermark) - 5);
  });

  it('says where a log begins whose start was deleted', async ({ signal }) => {
    const script = 'topic deleted\nproducer p\nsend p deleted 9 - v#\ndelete deleted 4';
    await java.play(kafka.bootstrap, script, signal);
    expect(await readByUs(kafka.bootstrap, 'deleted', { signal })).toMatchObject({ start: 4n });
    await using reader = readerOf(kafka);
    const of = { topic: 'deleted', partition: 0 };
    await expect(collect(reader.read(of, 0n, 9n, signal))).rejects.toThrow(
      'deleted-0: fetch at offset 0: OFFSET_OUT_OF_RANGE, the log begins at 4 and ends at 9',
    );
    await expect(collect(reader.read(of, 10n, 12n, signal))).rejects.toThrow(
      'deleted-0: fetch at offset 10: OFFSET_OUT_OF_RANGE, the log begins at 4 and ends at 9',
    );
    await expect(collect(reader.read(of, 4n, 12n, signal))).rejects.toThrow(
      /^deleted-0: fetch at offset 9 got no answer in 1 s: last seen "the log ends at 9, before 12/,
    );
    const nowhere = { topic: 'nowhere', partition: 0 };
    await expect(collect(reader.read(nowhere, 0n, 1n, signal))).rejects.toThrow(
      'metadata of nowhere-0: UNKNOWN_TOPIC_OR_PARTITION',
    );
  });

  it('reads 120 000 small records with well under two seconds of CPU time', async ({ signal }) => {
    const script = 'topic many\nproducer p linger.ms=5\nsend p many 120000 key-# value-of-record-#';
    await java.play(kafka.bootstrap, script, signal);
    const started = performance.now();
    const cpu = process.cpuUsage();
    const { batches } = await readByUs(kafka.bootstrap, 'many', { signal });
    const { user, system } = process.cpuUsage(cpu);
    const took = { elapsedMs: performance.now() - started, cpuMs: (user + system) / 1_000 };
    console.log(`120 000 records in ${batches.length} batches`, took);
    expect(dataOf(batches).length).toBe(120_000);
    // CPU time: what else runs on the machine makes the elapsed time what it likes.
    expect(took.cpuMs).toBeLessThan(2_000);
  });
});

describe('our reader on three brokers', () => {
  it('goes on at the new leader when the leader dies in the middle of a read', async () => {
    await using kafka = await runKafka({ version: '4.3.1', brokers: 3 });
    const of = { topic: 'moved', partition: 0 };
    await kafka.create([{ name: of.topic, partitions: 1, replication: 3, minInSync: 2 }]);
    const { signal, sut } = kafka;
    await using producer = await sut
      .clients('load')
      .producer({ acks: 'all', idempotent: false, requestTimeout: seconds(10) }, signal);
    for (let batch = 0; batch < 20; batch += 1) {
      const values = Array.from({ length: 5 }, (_, at) => Buffer.from(`${batch}/${at}`));
      expect(await producer.send({ ...of, values })).toMatchObject({ kind: 'ok' });
    }
    await using reader = logReader({
      bootstrap: sut.view('check').bootstrap,
      clientId: 'moved',
      fetchBytes: 1,
    });
    const end = await reader.offset(of, 'high-watermark', signal);
    const leader = await sut.leaderOf(of, signal);
    const seen: string[] = [];
    for await (const batch of reader.read(of, 0n, end, signal)) {
      for (const { value } of batch.records ?? []) seen.push(String(value));
      if (seen.length !== 50) continue;
      const node = sut.nodes.find(({ id }) => id === leader);
      await node?.control('process')?.kill('SIGKILL');
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => `${Math.floor(at / 5)}/${at % 5}`));
    expect(await sut.leaderOf(of, signal)).not.toBe(leader);
  });
});

const readerOf = (kafka: KafkaUnderTest) =>
  logReader({
    bootstrap: [kafka.bootstrap],
    clientId: 'ours',
    patience: seconds(1),
    retryEvery: ms(50),
  });

const dataOf = (batches: readonly ReadBatch[]) =>
  batches.flatMap(({ control, records }) => (control === null ? (records ?? []) : []));

async function collect<T>(things: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const thing of things) all.push(thing);
  return all;
}
