/**
 * The judge is judged: our own reader against the Java consumer and kafka-dump-log, record by
 * record and batch by batch, on logs with everything that producers can put into them.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSegment } from '../../src/clients/kafka/reader/decode-segment.ts';
import { dumpBatches } from '../../src/clients/kafka/reader/dump-batches.ts';
import { visibleCommitted } from '../../src/clients/kafka/reader/visible-committed.ts';
import { rngOf } from '../../src/core/rng.ts';
import { type JavaPrograms, type JavaRead, javaPrograms } from './support/java-programs.ts';
import { type KafkaUnderTest, startKafka } from './support/kafka-under-test.ts';
import { readByUs, showRecord } from './support/read-by-us.ts';

const PRODUCERS = `
producer plain enable.idempotence=false acks=1
producer idempotent
producer gzip compression.type=gzip
producer zstd compression.type=zstd
producer A transactional.id=A
producer B transactional.id=B compression.type=zstd
producer C transactional.id=C compression.type=gzip`;

/** What a topic holds, as a script for LogScript.java; its name is the topic's. */
const LOGS: Readonly<Record<string, string>> = {
  mixed: `
    send plain mixed 3 k# v#
    send plain mixed 1 - -
    send plain mixed 1 '' '' empty='' null=- name=höhe name=again
    send idempotent mixed 50 k# v#
    send gzip mixed 100 k# v#-of-one-hundred
    send zstd mixed 100 k# v#-of-one-hundred n=#
    begin A
    send A mixed 2 a committed
    commit A
    send plain mixed 1 p last`,
  interleaved: `
    begin A
    send A interleaved 1 - a-aborted
    begin B
    send B interleaved 1 - b-aborted
    send plain interleaved 1 - plain
    abort B
    abort A
    begin B
    send B interleaved 1 - b-committed
    commit B`,
  twice: `
    begin A
    send A twice 1 - first-aborted
    abort A
    begin A
    send A twice 1 - committed
    commit A
    begin A
    send A twice 1 - second-aborted
    abort A`,
  'far-marker': `
    begin A
    send A far-marker 1 - aborted
    send plain far-marker 8 - *900000
    abort A
    send zstd far-marker 3 - *900000`,
  // The partition joins the transaction, then refuses the record: a marker without data.
  'no-data': `
    begin A
    refused A no-data 9000
    abort A
    begin A
    send A no-data 1 - committed
    commit A
    begin B
    refused B no-data 9000
    send plain no-data 1 - plain
    abort B`,
  // A second instance fences the first: its open transaction is aborted under a higher epoch.
  fenced: `
    producer F1 transactional.id=F
    begin F1
    send F1 fenced 2 - aborted-by-fencing
    producer F2 transactional.id=F
    begin F2
    send F2 fenced 2 - committed
    commit F2`,
  open: `
    producer O transactional.id=O
    send plain open 1 - plain
    begin O
    send O open 1 - stays-open
    begin B
    send B open 1 - committed-behind-it
    commit B
    send plain open 1 - behind-it`,
  stamped: 'send gzip stamped 5 k# v#',
  random: randomTransactions(),
};
const CONFIG: Readonly<Record<string, string>> = {
  'no-data': 'max.message.bytes=2000',
  stamped: 'message.timestamp.type=LogAppendTime',
  mixed: 'segment.bytes=1048576',
};

function randomTransactions(): string {
  const rng = rngOf('transactions');
  const open = new Set<string>();
  const lines: string[] = [];
  for (let step = 0; step < 160; step += 1) {
    const who = rng.pick(['A', 'B', 'C', 'plain']);
    if (who !== 'plain' && open.has(who) && rng.next() < 0.4) {
      open.delete(who);
      lines.push(`${rng.pick(['commit', 'abort'])} ${who}`);
      continue;
    }
    if (who !== 'plain' && !open.has(who)) lines.push(`begin ${who}`);
    if (who !== 'plain') open.add(who);
    lines.push(`send ${who} random ${1 + rng.below(3)} ${who}# step-${step}`);
  }
  return [...lines, ...[...open].map((who) => `abort ${who}`)].join('\n');
}

const SCRIPT = [
  PRODUCERS,
  ...Object.keys(LOGS).map((topic) => `topic ${topic} ${CONFIG[topic] ?? ''}`),
  ...Object.values(LOGS),
].join('\n');

const TOPICS = Object.keys(LOGS);

describe.each(['3.9.1', '4.3.1'])('our reader on Kafka %s', (version) => {
  let kafka: KafkaUnderTest;
  let java: JavaPrograms;
  let uncommitted: ReadonlyMap<string, JavaRead>;
  let committed: ReadonlyMap<string, JavaRead>;
  beforeAll(async () => {
    const signal = AbortSignal.timeout(170_000);
    kafka = await startKafka(version);
    java = await javaPrograms(kafka.classPath, signal);
    await java.play(kafka.bootstrap, SCRIPT, signal);
    const ask = { topics: TOPICS };
    uncommitted = await java.read(
      kafka.bootstrap,
      { ...ask, isolation: 'read_uncommitted' },
      signal,
    );
    committed = await java.read(kafka.bootstrap, { ...ask, isolation: 'read_committed' }, signal);
  });
  afterAll(async () => {
    await java?.[Symbol.asyncDispose]();
    await kafka?.[Symbol.asyncDispose]();
  });

  describe.each(TOPICS)('in the log "%s"', (topic) => {
    it('finds the records that the Java consumer reads uncommitted', async ({ signal }) => {
      const theirs = uncommitted.get(topic);
      const ours = await readByUs(kafka.bootstrap, topic, { signal });
      const records = ours.batches.flatMap((batch) => (batch.control ? [] : (batch.records ?? [])));
      expect(ours.highWatermark).toBe(theirs?.end);
      expect(records.map(showRecord)).toEqual(theirs?.records);
      expect(ours.batches.every((batch) => batch.crcOk)).toBe(true);
    });

    it('resolves what the Java consumer reads committed, one batch a fetch', async ({ signal }) => {
      const theirs = committed.get(topic);
      const ours = await readByUs(kafka.bootstrap, topic, { signal, fetchBytes: 1 });
      const view = visibleCommitted(ours.batches);
      expect([view.lastStable, ours.lastStable]).toEqual([theirs?.end, theirs?.end]);
      expect(view.records.map(showRecord)).toEqual(theirs?.records);
      expect(view.unreadable).toEqual([]);
    });
  });

  it('decodes segments on disk to what it fetched, and as kafka-dump-log does', async ({
    signal,
  }) => {
    const folder = await mkdtemp(join(tmpdir(), 'highwater-dump-'));
    try {
      const files: string[] = [];
      const lines: string[][] = [];
      for (const topic of TOPICS) {
        const segments = await kafka.segments(topic);
        const batches = segments.map(({ bytes }) => [...decodeSegment(bytes)]);
        const ours = await readByUs(kafka.bootstrap, topic, { signal });
        expect(batches.flat()).toEqual(ours.batches);
        for (const [at, { name, bytes }] of segments.entries()) {
          await mkdir(join(folder, topic), { recursive: true });
          files.push(join(folder, topic, name));
          await writeFile(files.at(-1) as string, bytes);
          lines.push(
            dumpBatches(batches[at] ?? [])
              .trimEnd()
              .split('\n'),
          );
        }
      }
      const theirs = await java.dump(files, signal);
      expect(lines.map((dump) => dump.map(facts))).toEqual(theirs.map((dump) => dump.map(facts)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('saw logs that put it to the test', async ({ signal }) => {
    const read = async (topic: string) =>
      (await readByUs(kafka.bootstrap, topic, { signal })).batches;
    const controls = async (topic: string) =>
      (await read(topic)).map(({ control, records }) => control ?? records?.length);
    expect(await controls('interleaved')).toEqual([1, 1, 1, 'abort', 'abort', 1, 'commit']);
    expect(await controls('no-data')).toEqual(['abort', 1, 'commit', 1, 'abort']);
    expect(new Set((await read('mixed')).map(({ codec }) => codec))).toEqual(
      new Set(['none', 'gzip', 'zstd']),
    );
    const fenced = await read('fenced');
    const [data, marker] = fenced;
    expect(marker?.control).toBe('abort');
    expect(marker?.producerId).toBe(data?.producerId);
    expect(marker?.producerEpoch).toBeGreaterThan(data?.producerEpoch as number);
    const aborts = (await read('random')).filter(({ control }) => control === 'abort');
    expect(aborts.length).toBeGreaterThan(5);
  });

  it('says of snappy and lz4 that it cannot tell', async ({ signal }) => {
    const script = ['snappy', 'lz4'].map(
      (codec) => `topic ${codec}
        producer ${codec} compression.type=${codec}
        send ${codec} ${codec} 3 - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`,
    );
    await java.play(kafka.bootstrap, script.join('\n'), signal);
    for (const codec of ['snappy', 'lz4']) {
      const { batches } = await readByUs(kafka.bootstrap, codec, { signal });
      // The producer sends a batch when it likes: the three records may be in more than one.
      const unreadable = { codec, records: null, crcOk: true };
      expect(batches).toMatchObject(batches.map(() => unreadable));
      expect(batches.at(-1)?.lastOffset).toBe(2n);
      const bases = batches.map(({ baseOffset }) => baseOffset);
      expect(visibleCommitted(batches).unreadable).toEqual(bases);
    }
  });
});

/** What both dumps tell of a batch. */
const FACTS = [
  ...['baseOffset', 'lastOffset', 'count', 'baseSequence', 'producerId', 'producerEpoch'],
  ...['partitionLeaderEpoch', 'isTransactional', 'isControl', 'compresscodec'],
];
const facts = (line: string): string =>
  FACTS.map((name) => `${name}: ${line.match(`\\b${name}: (\\S+)`)?.[1]}`).join(' ');
