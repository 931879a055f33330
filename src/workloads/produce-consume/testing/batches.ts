import type { ReadBatch, ReadRecord } from '../../../clients/kafka/port.ts';
import { ValueReader, ValueWriter } from '../value.ts';

/** The run in whose name the tests write. */
export const RUN = 'a-run';

/** Topics of the tests' workload. */
export const TOPICS = ['orders', 'payments'];

/** Tells the values of that run. */
export const readerOf = (run = RUN): ValueReader => new ValueReader({ run, topics: TOPICS });

/** A value as its sender would write it. */
export const valueOf = (
  sequence: number,
  { topic = 'orders', partition = 0, session = 'p0', run = RUN } = {},
): Uint8Array => {
  const values = new ValueWriter({ run, topics: TOPICS }, session, 80);
  return values.values({ topic, partition }, sequence, 1)[0] as Uint8Array;
};

/** A value of which one byte came out wrong; byte 40 is filler, so both identities are whole. */
export function damaged(value: Uint8Array, at = 40): Uint8Array {
  const copy = Uint8Array.from(value);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

/** A batch as the reader yields it, its records at consecutive offsets from `baseOffset` on. */
export function batchOf(
  baseOffset: number,
  values: readonly (Uint8Array | null)[],
  changes: Partial<ReadBatch> = {},
): ReadBatch {
  const records = values.map(
    (value, index): ReadRecord => ({
      offset: BigInt(baseOffset + index),
      timestamp: 0n,
      key: null,
      value,
      headers: [],
    }),
  );
  return {
    baseOffset: BigInt(baseOffset),
    lastOffset: BigInt(baseOffset + Math.max(0, values.length - 1)),
    leaderEpoch: 0,
    producerId: -1n,
    producerEpoch: -1,
    baseSequence: -1,
    isTransactional: false,
    control: null,
    crcOk: true,
    codec: 'none',
    records,
    ...changes,
  };
}
