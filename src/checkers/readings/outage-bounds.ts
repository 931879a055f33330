import type { OutageEvent, RunEvent } from '../../record/events.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { type Counted, countedOf, seriesOf, sumInside } from '../../record/series.ts';
import { type Impact, impactsOf } from './impacts.ts';

/**
 * How long writes to one partition were out after a fault, as an interval that the truth lies in.
 * The effect came between `from` and `by`; the record tells sends and acknowledgements:
 *
 *   from ┄ effect ┄ by ········x·········x··········A→ack        x sent, never acknowledged
 *                   └── lower ───────────┘           │           A the first acknowledged one
 *   └──────────────────────── upper ─────────────────┘
 *
 * An outage that begins later, and every outage of a planned change, has bounds of its own sends.
 */
export interface OutageBounds {
  readonly of: TopicPartition;
  readonly impact: Impact;
  /** At least this long, in ms. */
  readonly lower: number;
  /** At most this long, in ms; null when it had not come back when the load ended. */
  readonly upper: number | null;
  /** True for the outage that began with the fault; later ones have bounds of their own. */
  readonly first: boolean;
  /** How it is known, in words. */
  readonly from: string;
}

/** What was affected and could not be measured, in words. */
export interface Unmeasured {
  readonly of: TopicPartition;
  readonly why: string;
}

/** Bounds of every outage of every affected partition, and what has none. */
export function outageBounds(record: RunRecord): {
  readonly bounds: readonly OutageBounds[];
  readonly unmeasured: readonly Unmeasured[];
  /** How many partitions were affected, over all faults and changes. */
  readonly affected: number;
} {
  const bounds: OutageBounds[] = [];
  const unmeasured: Unmeasured[] = [];
  let affected = 0;
  for (const impact of impactsOf(record)) {
    for (const partition of impact.affected) {
      affected += 1;
      const found = boundsOf(record, impact, partition);
      if ('why' in found) unmeasured.push(found);
      else bounds.push(...found.bounds);
    }
  }
  return { bounds, unmeasured, affected };
}

function boundsOf(
  record: RunRecord,
  impact: Impact,
  of: TopicPartition,
): { readonly bounds: readonly OutageBounds[] } | Unmeasured {
  const name = showPartition(of);
  const outages = outagesOf(record.events, name).filter(
    ({ firstAckAt, firstUnackedSentAt, lastUnackedSentAt }) =>
      firstUnackedSentAt < impact.until &&
      (firstAckAt === null || firstAckAt > impact.from) &&
      lastUnackedSentAt >= impact.from - SENT_BEFORE,
  );
  const bounds = outages.map((outage) => boundsFromOutage(record, impact, outage));
  const isKnown = impact.kind === 'change' ? bounds.length > 0 : bounds.some(({ first }) => first);
  if (isKnown) return { bounds };
  // Outages that came later say nothing of the fault itself.
  const itself = fromSamples(record, impact, of);
  return 'why' in itself ? itself : { bounds: [...itself.bounds, ...bounds] };
}

/** A request that was in flight when the fault came was sent up to this long before it, in ms. */
const SENT_BEFORE = 1_000;

const outagesOf = (events: readonly RunEvent[], name: string): OutageEvent[] =>
  events.filter(
    (event) => event.kind === 'outage' && showPartition(event) === name,
  ) as OutageEvent[];

function boundsFromOutage(record: RunRecord, impact: Impact, outage: OutageEvent): OutageBounds {
  const { topic, partition, session, lastAckAt, lastAckSentAt, firstAckAt } = outage;
  // What was acknowledged although it was sent after the effect shows that this outage came later.
  const first = impact.kind === 'fault' && (lastAckSentAt === null || lastAckSentAt <= impact.by);
  const begunBy = first ? impact.by : Math.max(impact.by, outage.firstUnackedSentAt);
  const begunAfter = Math.max(impact.from, lastAckSentAt ?? impact.from);
  const sent = `${outage.attempts} attempts of session ${session} not acknowledged`;
  return {
    of: { topic, partition },
    impact,
    lower: Math.max(0, lastTriedAt(record, outage) - begunBy),
    upper: firstAckAt === null ? null : Math.max(0, firstAckAt - begunAfter),
    first,
    from: lastAckAt === null ? `${sent}, none before it` : sent,
  };
}

/**
 * When it was last tried in vain: sent, or found no room although nothing was acknowledged. A node
 * that stands still keeps its connections, and attempts wait there for their time-outs.
 */
function lastTriedAt(record: RunRecord, outage: OutageEvent): number {
  const name = showPartition(outage);
  const { lastUnackedSentAt, firstAckAt } = outage;
  const until = firstAckAt ?? Number.POSITIVE_INFINITY;
  const inside = ({ of, from, to }: Counted): boolean =>
    of === name && from >= lastUnackedSentAt && to <= until;
  const full = countedOf(record.samples, 'dropped').filter((row) => inside(row) && row.count > 0);
  return full.reduce((last, { from }) => Math.max(last, from), lastUnackedSentAt);
}

/**
 * Nothing stayed unacknowledged, or only for a moment: then acknowledgements were late at most.
 * Each row of the series that has some bounds the silence between two of them, and the largest
 * latency bounds it more closely.
 */
function fromSamples(
  record: RunRecord,
  impact: Impact,
  of: TopicPartition,
): { readonly bounds: readonly OutageBounds[] } | Unmeasured {
  const { step, from: effect, by, until, over } = impact;
  const name = showPartition(of);
  const inside = { from: by, to: Math.min(until, over ?? until) };
  const rowsOf = (series: 'attempted' | 'acknowledged'): Counted[] =>
    countedOf(record.samples, series).filter((row) => row.of === name);
  // Of a change only rows that are cut by its begin may be all there are.
  const attempted = rowsOf('attempted').filter(
    ({ from }) => impact.kind === 'change' || from >= inside.from,
  );
  if (sumInside(attempted, inside) === 0) {
    return { of, why: `no attempt was made on ${name} while ${step} lasted` };
  }
  const acknowledged = rowsOf('acknowledged').filter(
    ({ to, count }) => count > 0 && to >= effect && to <= until,
  );
  if (acknowledged.length === 0) {
    return { of, why: `what became of the attempts on ${name} was not recorded` };
  }
  // The acknowledgements of a row came anywhere in it: the silence is at most from row to row.
  let silent = 0;
  let since = effect;
  for (const row of acknowledged) {
    silent = Math.max(silent, row.to - since);
    since = Math.max(since, row.from);
  }
  const upper = Math.min(silent, longestWait(record, impact, attempted));
  const from = 'every attempt was acknowledged; from the rows of the series';
  return { bounds: [{ of, impact, lower: 0, upper, first: impact.kind === 'fault', from }] };
}

/** Shorter stretches without an acknowledgement are not told as outages, in ms. */
const OUTAGE_MIN = 250;

/**
 * From one acknowledged record's due time to the acknowledgement of the next: the time between
 * their due times (two turns of the timetable, in which every session of the partition comes once,
 * and a stretch too short to be told), and the largest latency from due that anything had. Infinite
 * where that was not told, or slots were dropped.
 */
function longestWait(
  { samples, ledger }: RunRecord,
  { from, until }: Impact,
  attempted: readonly Counted[],
): number {
  const of = attempted[0]?.of;
  const here = attempted.filter((row) => row.to > from && row.from < until);
  const counts = here.reduce((sum, { count }) => sum + count, 0);
  const span = here.reduce((sum, row) => sum + row.to - row.from, 0);
  const dropped = countedOf(samples, 'dropped').some(
    (row) => row.of === of && row.count > 0 && row.to > from && row.from < until,
  );
  const largest = seriesOf(samples, 'latency.due.max').filter(({ t }) => t > from && t <= until);
  if (dropped || counts === 0 || largest.length === 0) return Number.POSITIVE_INFINITY;
  const sessions = ledger.deliveries.filter((delivery) => showPartition(delivery) === of).length;
  const apart = (span / counts) * Math.max(1, sessions);
  return OUTAGE_MIN + 2 * apart + largest.reduce((most, { value }) => Math.max(most, value), 0);
}
