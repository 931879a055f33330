import type { Span } from '../../../core/time.ts';
import type { TopicPartition } from '../../../record/names.ts';

/** What a simulated log can be told to do wrong, each the matter of one claim. */
export const SABOTAGE_ACTS = [
  'lose', // an acknowledged batch vanishes from every replica; its offsets stay a gap
  'loseTail', // the last batch of a quiet partition vanishes and its end goes back
  'lie', // a batch is acknowledged and never appended
  'truncateOnElection', // a new leader comes with its last committed batch missing
  'duplicate', // an acknowledged batch is appended once more
  'reorder', // two batches of one producer change places
  'corrupt', // a bit of a value is flipped, with a CRC that fits
  'corruptBatch', // a bit of a value is flipped under the CRC of its batch
  'phantom', // a record that nobody sent is appended
  'misplace', // a record lands in another partition too
  'stall', // a partition whose leader died waits long for its election
  'failoverTooFast', // a dead broker is fenced at once, without a session time-out
  'hideFromConsumer', // live consumers do not get a batch that is in the log
  'lagStuck', // from the first death of a broker on, live consumers get nothing of one partition
  'errorLog', // a leader writes a fatal line into its log
  'slowAcks', // acknowledgements come late, and nothing else is slow
  'takesLess', // a partition takes fewer records a second than it is sent
  'acksBelowMinIsr', // writes for all replicas are taken with fewer than min.insync.replicas
  'rebalanceStorm', // groups rebalance although nobody came or went
  'dies', // a leader's process ends by itself
] as const;
/** One of them. */
export type SabotageAct = (typeof SABOTAGE_ACTS)[number];

/** One kind of wrong, how often, and when. The same seed and the same load give the same wrong. */
export interface Sabotage {
  readonly act: SabotageAct;
  /** Decides what is not given: when, which bit. */
  readonly seed?: string;
  /** Where; by default in the partition that is the first to give an occasion. */
  readonly of?: TopicPartition;
  /**
   * So many records of the partition are acknowledged before, and between two acts; 100 to 199 by
   * the seed.
   */
  readonly after?: number;
  /** How often at most; once unless told. */
  readonly times?: number;
  /** `stall`: how long the election is late; 20 s unless told. */
  readonly hold?: Span | 'for ever';
  /**
   * `phantom`: makes the value out of one that was sent; plain text that no workload writes unless
   * told.
   */
  readonly forge?: (like: Uint8Array) => Uint8Array;
  /** `errorLog`: the text of the line; a JVM out of memory unless told. */
  readonly line?: string;
}
