import type { SessionId, TopicPartition } from './names.ts';
import type { Ranges } from './ranges.ts';

/**
 * The delivery ledger: what became of every record, by producer session and partition, as run-length
 * sets of sequence numbers. Its size grows with the number of irregularities, not of records.
 *
 *   attempted ⊇ acknowledged ∪ unknown ∪ failed      what the producer learnt (a missing completion is unknown)
 *   consumed, consumed-again, consumed-out-of-order    what the live consumer saw
 *   in-log, in-log-again, in-log-out-of-order          what the final read found in the log
 */
export const FATES = [
  'attempted',
  'acknowledged',
  'unknown',
  'failed',
  'consumed',
  'consumed-again',
  'consumed-out-of-order',
  'in-log',
  'in-log-again',
  'in-log-out-of-order',
] as const;
export type Fate = (typeof FATES)[number];

/** Adds sequence numbers to a fate: one line of ledger.ndjson. */
export interface FateDelta extends TopicPartition {
  readonly session: SessionId;
  readonly as: Fate;
  readonly ranges: Ranges;
}

/** A record that no session of this run can have sent there: seen by the final read or the live consumer. */
export interface StrangerDelta extends TopicPartition {
  readonly as: 'phantom' | 'corrupt' | 'misplaced';
  readonly by: 'final-read' | 'consumer';
  readonly offset: string;
  /** What is wrong, in words, with what was found. */
  readonly why: string;
}

/** The same sequence number at more than one offset, with the offsets (one line each, capped by the writer). */
export interface DuplicateDelta extends TopicPartition {
  readonly as: 'duplicate-offsets';
  readonly session: SessionId;
  readonly sequence: number;
  readonly offsets: readonly string[];
}

export type DeliveryDelta = FateDelta | StrangerDelta | DuplicateDelta;

/** All that is known of one session's records in one partition. */
export interface Delivery extends TopicPartition {
  readonly session: SessionId;
  readonly fates: Readonly<Record<Fate, Ranges>>;
}

/** The whole ledger of a run, merged. */
export interface Ledger {
  readonly deliveries: readonly Delivery[];
  readonly strangers: readonly StrangerDelta[];
  readonly duplicates: readonly DuplicateDelta[];
}
