import { Kafka, logLevel } from 'kafkajs';
import type { TopicPartition } from '../../../src/record/names.ts';

/** Records that are in a log and in no committed transaction yet. */
export interface OpenTransaction {
  abort(): Promise<void>;
}

/** Writes so many records of a transaction and leaves it open. */
export async function openTransaction(
  brokers: readonly string[],
  { topic, partition }: TopicPartition,
  records: number,
): Promise<OpenTransaction> {
  const client = new Kafka({ brokers: [...brokers], clientId: 'test', logLevel: logLevel.NOTHING });
  const transactionalId = `open-${topic}-${partition}`;
  const producer = client.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  const transaction = await producer.transaction();
  const messages = Array.from({ length: records }, () => ({ partition, value: 'undecided' }));
  await transaction.send({ topic, messages });
  return {
    abort: async () => {
      await transaction.abort();
      await producer.disconnect();
    },
  };
}
