import type { FinalOffsetsEvent } from '../../record/events.ts';
import type { Delivery } from '../../record/ledger.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import { countRanges } from '../../record/range-set.ts';
import type { RunRecord } from '../../record/run-record.ts';

/** How far the final read of one partition came. */
export interface FinalRead {
  readonly of: TopicPartition;
  /** `orders-0`. */
  readonly name: string;
  readonly ends: FinalOffsetsEvent | null;
  /** Why the log of this partition is not known from its start to its end; null when it is. */
  readonly doubt: string | null;
}

/** The partitions that the plan names, in order: what must have been looked at. */
export const plannedPartitions = (record: RunRecord): TopicPartition[] =>
  record.plan.topics.flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
  );

/** The final read of every planned partition; the last one told counts. */
export function finalReads(record: RunRecord): FinalRead[] {
  const told = record.events.filter((event) => event.kind === 'final-offsets');
  return plannedPartitions(record).map((of) => {
    const name = showPartition(of);
    const ends = told.findLast((event) => showPartition(event) === name) ?? null;
    return { of, name, ends, doubt: doubtOf(name, ends) };
  });
}

function doubtOf(name: string, ends: FinalOffsetsEvent | null): string | null {
  if (ends === null) return `${name} was not read at the end`;
  if (ends.trouble !== null) return `${name} could not be read to its end: ${ends.trouble}`;
  if (ends.position === null) return `${name} could not be read at the end`;
  return BigInt(ends.position) < BigInt(ends.highWatermark)
    ? `${name} was read up to ${ends.position} and ends at ${ends.highWatermark}`
    : null;
}

/** Why the logs are not known from start to end, one reason a partition. */
export const doubtsOf = (reads: readonly FinalRead[]): string[] =>
  reads.flatMap(({ doubt }) => (doubt === null ? [] : [doubt]));

/** What the ledger knows of one partition, by session. */
export const deliveriesIn = (record: RunRecord, of: TopicPartition): readonly Delivery[] =>
  record.ledger.deliveries.filter(
    ({ topic, partition }) => topic === of.topic && partition === of.partition,
  );

/** How many different records the final reads found in all logs. */
export const inLogCount = (record: RunRecord): number =>
  record.ledger.deliveries.reduce((sum, { fates }) => sum + countRanges(fates['in-log']), 0);
