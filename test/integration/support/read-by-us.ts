import type { ReadBatch, ReadRecord } from '../../../src/clients/kafka/port.ts';
import { logReader } from '../../../src/clients/kafka/reader/log-reader.ts';

/** All batches of partition 0 of a topic, and the ends of its log, by our own reader. */
export interface OurRead {
  readonly batches: readonly ReadBatch[];
  readonly start: bigint;
  readonly highWatermark: bigint;
  readonly lastStable: bigint;
}

/** Reads a topic from its start to its high watermark. */
export async function readByUs(
  bootstrap: string,
  topic: string,
  options: { signal: AbortSignal; fetchBytes?: number },
): Promise<OurRead> {
  const { signal, ...rest } = options;
  await using reader = logReader({ bootstrap: [bootstrap], clientId: 'ours', ...rest });
  const of = { topic, partition: 0 };
  const start = await reader.offset(of, 'earliest', signal);
  const highWatermark = await reader.offset(of, 'high-watermark', signal);
  const lastStable = await reader.offset(of, 'last-stable', signal);
  const batches: ReadBatch[] = [];
  for await (const batch of reader.read(of, start, highWatermark, signal)) batches.push(batch);
  return { batches, start, highWatermark, lastStable };
}

/** A record in the words of ReadLog.java. */
export function showRecord(record: ReadRecord): string {
  const headers = record.headers.map(({ key, value }) => ` ${key}=${hex(value)}`).join('');
  return `${record.offset} ${record.timestamp} ${hex(record.key)} ${hex(record.value)}${headers}`;
}

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? '-' : Buffer.from(bytes).toString('hex');
