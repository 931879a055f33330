import { randomUUID } from 'node:crypto';
import { Consumer as PlatformaticConsumer } from '@platformatic/kafka';
import { Kafka as KafkaJs, logLevel } from 'kafkajs';

/** Values that a client delivered under read_committed, up to and without the record `end`. */
export type CommittedReader = (
  bootstrap: readonly string[],
  topic: string,
  signal: AbortSignal,
) => Promise<readonly string[]>;

const END = 'end';
/** kafkajs's default; the other's is 50 MiB, which only makes the case larger. */
const FETCH_BYTES = 1024 * 1024;

/** What kafkajs delivers; read_committed is its default and is said all the same. */
export const readByKafkaJs: CommittedReader = async (bootstrap, topic, signal) => {
  const client = new KafkaJs({
    brokers: [...bootstrap],
    clientId: 'leak',
    logLevel: logLevel.NOTHING,
  });
  const consumer = client.consumer({ groupId: randomUUID(), readUncommitted: false });
  const values: string[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      consumer
        .run({
          eachMessage: async ({ message }) => {
            const value = String(message.value);
            if (value === END) resolve();
            else values.push(value);
          },
        })
        .catch(reject);
    });
    return values;
  } finally {
    await consumer.disconnect();
  }
};

/** What @platformatic/kafka delivers; read_uncommitted would be 0. */
export const readByPlatformatic: CommittedReader = async (bootstrap, topic, signal) => {
  const consumer = new PlatformaticConsumer({
    groupId: randomUUID(),
    clientId: 'leak',
    bootstrapBrokers: [...bootstrap],
  });
  const values: string[] = [];
  try {
    const stream = await consumer.consume({
      topics: [topic],
      mode: 'earliest',
      isolationLevel: 1,
      maxWaitTime: 200,
      maxBytes: FETCH_BYTES,
    });
    signal.addEventListener('abort', () => stream.destroy(signal.reason as Error), { once: true });
    for await (const message of stream) {
      const value = String(message.value);
      if (value === END) break;
      values.push(value);
    }
    return values;
  } finally {
    await consumer.close(true);
  }
};
