import type { SessionId, TopicPartition } from './names.ts';
import { RangeSet } from './range-set.ts';
import type { Ranges } from './ranges.ts';

/**
 * The delivery ledger: what became of every record, by producer session and partition, as
 * run-length sets of sequence numbers. Its size grows with the number of irregularities, not of
 * records.
 *
 *   attempted ⊇ acknowledged ∪ unknown ∪ failed        what the producer learnt; a missing
 *                                                      completion is unknown
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
/** What became of a record, as far as one side saw it. */
export type Fate = (typeof FATES)[number];

/** Adds sequence numbers to a fate: one line of ledger.ndjson. */
export interface FateDelta extends TopicPartition {
  readonly session: SessionId;
  readonly as: Fate;
  readonly ranges: Ranges;
}

/**
 * A record that no session of this run can have sent there: seen by the final read or the live
 * consumer.
 */
export interface StrangerDelta extends TopicPartition {
  readonly as: 'phantom' | 'corrupt' | 'misplaced';
  readonly by: 'final-read' | 'consumer';
  readonly offset: string;
  /** What is wrong, in words, with what was found. */
  readonly why: string;
}

/**
 * The same sequence number at more than one offset, with the offsets (one line each, capped by the
 * writer).
 */
export interface DuplicateDelta extends TopicPartition {
  readonly as: 'duplicate-offsets';
  readonly session: SessionId;
  readonly sequence: number;
  readonly offsets: readonly string[];
}

/**
 * A record that stands in the log behind one with a higher number of its session, with the highest
 * number before it (one line each, capped by the writer): whether order was promised depends on
 * both.
 */
export interface OvertakenDelta extends TopicPartition {
  readonly as: 'overtaken';
  readonly session: SessionId;
  readonly sequence: number;
  readonly by: number;
}

/** One line of ledger.ndjson. */
export type DeliveryDelta = FateDelta | StrangerDelta | DuplicateDelta | OvertakenDelta;

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
  readonly overtaken: readonly OvertakenDelta[];
}

/**
 * Merges deltas into the whole ledger. The order of the deltas does not matter, and telling one
 * twice changes nothing: a writer that is not sure may tell again.
 */
export function mergeDeltas(deltas: Iterable<DeliveryDelta>): Ledger {
  const sets = new Map<string, { of: DeliveryKey; fates: Map<Fate, RangeSet> }>();
  const strangers = new Map<string, StrangerDelta>();
  const duplicates = new Map<string, DuplicateDelta>();
  const overtaken = new Map<string, OvertakenDelta>();
  for (const delta of deltas) {
    const where = `${delta.topic}\n${delta.partition}`;
    if ('ranges' in delta) {
      const key = `${where}\n${delta.session}`;
      const found = sets.get(key) ?? { of: delta, fates: new Map<Fate, RangeSet>() };
      sets.set(key, found);
      const set = found.fates.get(delta.as) ?? new RangeSet();
      found.fates.set(delta.as, set.addAll(delta.ranges));
    } else if (delta.as === 'duplicate-offsets') {
      const key = `${where}\n${delta.session}\n${delta.sequence}`;
      duplicates.set(key, uniteOffsets(delta, duplicates.get(key)));
    } else if (delta.as === 'overtaken') {
      overtaken.set(`${where}\n${delta.session}\n${delta.sequence}\n${delta.by}`, delta);
    } else {
      strangers.set(`${where}\n${delta.as}\n${delta.by}\n${delta.offset}`, delta);
    }
  }
  const deliveries = [...sets.values()].map(({ of, fates }) => ({
    session: of.session,
    topic: of.topic,
    partition: of.partition,
    fates: Object.fromEntries(
      FATES.map((fate) => [fate, fates.get(fate)?.ranges() ?? []]),
    ) as Record<Fate, Ranges>,
  }));
  return {
    deliveries: deliveries.sort(bySession),
    strangers: [...strangers.values()].sort(
      (a, b) => byPartition(a, b) || byText(a.as, b.as) || byText(a.by, b.by) || byOffset(a, b),
    ),
    duplicates: [...duplicates.values()].sort((a, b) => bySession(a, b) || a.sequence - b.sequence),
    overtaken: [...overtaken.values()].sort(
      (a, b) => bySession(a, b) || a.sequence - b.sequence || a.by - b.by,
    ),
  };
}

type DeliveryKey = TopicPartition & { readonly session: SessionId };

function uniteOffsets(delta: DuplicateDelta, before: DuplicateDelta | undefined): DuplicateDelta {
  if (before === undefined) return delta;
  const offsets = [...new Set([...before.offsets, ...delta.offsets])];
  return { ...delta, offsets: offsets.sort(byNumericText) };
}

/** Compares texts by code unit: the same everywhere, whatever the locale. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** Offsets are whole numbers as text: a shorter one is smaller. */
const byNumericText = (a: string, b: string): number => a.length - b.length || byText(a, b);
const byOffset = (a: StrangerDelta, b: StrangerDelta): number => byNumericText(a.offset, b.offset);
const byPartition = (a: TopicPartition, b: TopicPartition): number =>
  byText(a.topic, b.topic) || a.partition - b.partition;
const bySession = (a: DeliveryKey, b: DeliveryKey): number =>
  byPartition(a, b) || byNumericText(a.session, b.session);
