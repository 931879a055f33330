/**
 * Why final reads are our own: what client libraries deliver under read_committed on small logs
 * with aborted transactions, beside what the Java consumer and our reader say is visible. A leak
 * that is gone after an update of a client is good news: this test and the decision page change.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadRecord } from '../../src/clients/kafka/port.ts';
import { visibleCommitted } from '../../src/clients/kafka/reader/visible-committed.ts';
import { readByKafkaJs, readByPlatformatic } from './support/committed-readers.ts';
import { javaPrograms } from './support/java-programs.ts';
import { type KafkaUnderTest, startKafka } from './support/kafka-under-test.ts';
import { readByUs, showRecord } from './support/read-by-us.ts';

/** A log ends with the plain record "end", by which a client is known to have read all of it. */
const LOGS = {
  interleaved: `
    begin A
    send A interleaved 1 - a-aborted
    begin B
    send B interleaved 1 - b-aborted
    abort B
    abort A
    send plain interleaved 1 - end`,
  twice: `
    begin A
    send A twice 1 - first-aborted
    abort A
    begin A
    send A twice 1 - committed
    commit A
    begin A
    send A twice 1 - second-aborted
    abort A
    send plain twice 1 - end`,
  'far-marker': `
    begin A
    send A far-marker 1 - aborted
    send plain far-marker 3 - *900000
    abort A
    send plain far-marker 1 - end`,
  // A key of four zero bytes is an int32 of 0, and looks like the key of an ABORT marker.
  'zero-key': `
    begin A
    send A zero-key 1 - first-aborted
    send A zero-key 1 \0\0\0\0 zero-aborted
    send A zero-key 1 - last-aborted
    abort A
    send plain zero-key 1 - end`,
};
type Log = keyof typeof LOGS;
const TOPICS = Object.keys(LOGS) as Log[];
const SCRIPT = [
  'producer plain',
  'producer A transactional.id=A',
  'producer B transactional.id=B',
  ...TOPICS.map((topic) => `topic ${topic}`),
  ...Object.values(LOGS),
].join('\n');

const BIG = '(900000 characters)';
const VISIBLE: Readonly<Record<Log, readonly string[]>> = {
  interleaved: [],
  twice: ['committed'],
  'far-marker': [BIG, BIG, BIG],
  'zero-key': [],
};
const DELIVERED: readonly (readonly [typeof readByKafkaJs, typeof VISIBLE])[] = [
  [
    readByKafkaJs,
    // The list of aborted transactions comes in the order of their markers; kafkajs takes it to be
    // in the order of their first offsets. A key of four zero bytes ends its filter early.
    { ...VISIBLE, interleaved: ['a-aborted'], 'zero-key': ['zero-aborted', 'last-aborted'] },
  ],
  [
    readByPlatformatic,
    // One range per producer is kept, and none whose marker is not in the same answer.
    {
      ...VISIBLE,
      twice: ['first-aborted', 'committed'],
      'far-marker': ['aborted', BIG, BIG, BIG],
    },
  ],
];
const short = (value: string): string =>
  value.length > 100 ? `(${value.length} characters)` : value;

describe.each(['3.9.1', '4.3.1'])('under read_committed on Kafka %s', (version) => {
  let kafka: KafkaUnderTest;
  let java: Awaited<ReturnType<typeof javaPrograms>>;
  beforeAll(async () => {
    kafka = await startKafka(version);
    const signal = AbortSignal.timeout(120_000);
    java = await javaPrograms(kafka.classPath, signal);
    await java.play(kafka.bootstrap, SCRIPT, signal);
  });
  afterAll(async () => {
    await java?.[Symbol.asyncDispose]();
    await kafka?.[Symbol.asyncDispose]();
  });

  it('the Java consumer and our reader deliver what was committed', async ({ signal }) => {
    const ask = { isolation: 'read_committed', topics: TOPICS } as const;
    const theirs = await java.read(kafka.bootstrap, ask, signal);
    for (const topic of TOPICS) {
      const { batches } = await readByUs(kafka.bootstrap, topic, { signal });
      const { records } = visibleCommitted(batches);
      expect(records.map(showRecord)).toEqual(theirs.get(topic)?.records);
      expect(records.map(valueOf)).toEqual([...VISIBLE[topic], 'end']);
    }
  });

  describe.each(DELIVERED.map((row) => [row[0].name, ...row] as const))(
    '%s',
    (_, read, delivered) => {
      it.each(TOPICS)('delivers what it is known to deliver of the log "%s"', async (topic) => {
        const limit = AbortSignal.timeout(60_000);
        const values = await read(kafka.bootstrap.split(','), topic, limit);
        expect(values.map(short)).toEqual(delivered[topic]);
      });
    },
  );
});

const valueOf = (record: ReadRecord): string => short(String(Buffer.from(record.value ?? [])));
