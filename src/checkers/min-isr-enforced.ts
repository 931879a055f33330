import { ms } from '../core/time.ts';
import { showCount, showSpan } from '../core/units.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import type { CheckRef } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import { type Counted, countedOf } from '../record/series.ts';
import type { Interval } from '../record/windows.ts';
import type { Anomaly, Checker } from './checker.ts';
import { decide } from './finding.ts';
import { plannedPartitions } from './readings/final-reads.ts';
import { forbiddenIntervals } from './readings/forbidden-intervals.ts';

/**
 * Claim: while fewer replicas of a partition are alive and in sync than its min.insync.replicas,
 * no write that asks for all of them (acks=all) is acknowledged.
 *
 * Sees: acknowledgements that came in such a time (forbidden-intervals.ts): rows of the series that
 * lie wholly inside of it, and outages whose last or first acknowledged attempt was sent and
 * acknowledged inside (AVAILABLE_WHEN_FORBIDDEN). Whether writes wait or are refused is all the
 * same: with the controller's quorum gone as well, in-sync sets cannot shrink, and they wait.
 *
 * Does not mind: acknowledgements that were on their way when the time began; MARGIN is left out
 * at its beginning for them.
 *
 * Cannot see: what would have become of writes that nobody tried: without an attempt inside it is
 * inconclusive.
 *
 * False alarms: a client that is so starved that it hears of an acknowledgement after MARGIN: see
 * the judge.
 */
export const minIsrEnforcedChecker: Checker = {
  claim: 'min-isr-enforced',
  needsFault: true,
  aboutTime: true,
  statement: () =>
    'no acks=all write is acknowledged while fewer than min.insync.replicas are in sync',
  check(record) {
    const { acks } = record.plan.workload.params;
    const asksAll = acks === undefined || acks === 'all';
    const parts = plannedPartitions(record).map((of) => lookAt(record, of));
    const judged = parts.filter(({ spans }) => spans.length > 0);
    const tried = judged.reduce((sum, { attempted }) => sum + attempted, 0);
    const long = judged.reduce((sum, { forbidden }) => Math.max(sum, forbidden), 0);
    return decide({
      looked: { at: Math.round(tried), what: 'attempts while writes were forbidden' },
      measured: [
        { name: 'partitions below min ISR', value: judged.length, unit: 'count' },
        { name: 'longest time judged, until a heal', value: Math.round(long), unit: 'ms' },
        {
          name: 'acknowledged in it',
          value: judged.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
          unit: 'records',
          bound: '0',
        },
      ],
      anomalies: asksAll ? judged.flatMap(({ anomaly }) => anomaly ?? []) : [],
      doubts: [
        ...(asksAll ? [] : ['the load does not ask for acks=all']),
        ...(judged.length === 0 ? ['no partition was seen below its min.insync.replicas'] : []),
        ...judged
          .filter(({ attempted }) => attempted === 0)
          .map(({ name }) => `no attempt on ${name} while writes were forbidden`),
      ],
      holds:
        `none of ${showCount(Math.round(tried))} attempts on ${judged.length} partitions was ` +
        `acknowledged in up to ${showSpan(ms(long))} below min ISR, each until the first heal`,
    });
  },
};

/** For suites: no acks=all write is acknowledged while fewer than min ISR replicas are in sync. */
export const minIsrEnforced = (): CheckRef => ({ claim: minIsrEnforcedChecker.claim, params: {} });

/** An acknowledgement that was given before may be heard of so much later, in ms. */
const MARGIN = 1_000;

interface Part {
  readonly name: string;
  readonly spans: readonly Interval[];
  readonly forbidden: number;
  /** Records that were attempted, or stayed unacknowledged, inside. */
  readonly attempted: number;
  readonly acknowledged: number;
  readonly anomaly?: Anomaly;
}

function lookAt(record: RunRecord, of: TopicPartition): Part {
  const name = showPartition(of);
  const spans = forbiddenIntervals(record, of)
    .map(({ from, to }) => ({ from: from + MARGIN, to }))
    .filter(({ from, to }) => to > from);
  const known = {
    name,
    spans,
    forbidden: spans.reduce((most, { from, to }) => Math.max(most, to - from + MARGIN), 0),
  };
  if (spans.length === 0) return { ...known, attempted: 0, acknowledged: 0 };
  const rows = (series: 'attempted' | 'acknowledged'): Counted[] =>
    countedOf(record.samples, series).filter((row) => row.of === name && isInside(row, spans));
  const attempted = Math.max(sum(rows('attempted')), triedOf(record, name, spans));
  const acked = rows('acknowledged').filter(({ count }) => count > 0);
  const proof = acked.length > 0 ? rowsText(acked) : outageText(record, name, spans);
  if (proof === null) return { ...known, attempted, acknowledged: 0 };
  const anomaly = { code: 'AVAILABLE_WHEN_FORBIDDEN', where: name, text: proof };
  return { ...known, attempted, acknowledged: Math.max(1, sum(acked)), anomaly };
}

const isInside = ({ from, to }: Interval, spans: readonly Interval[]): boolean =>
  spans.some((span) => from >= span.from && to <= span.to);

const sum = (rows: readonly Counted[]): number => rows.reduce((all, { count }) => all + count, 0);

/** Records of attempts that were open or sent inside and never acknowledged. */
const triedOf = (record: RunRecord, name: string, spans: readonly Interval[]): number =>
  record.events.reduce((all, event) => {
    if (event.kind !== 'outage' || showPartition(event) !== name) return all;
    const { firstUnackedSentAt, lastUnackedSentAt, records } = event;
    const hit = spans.some(({ from, to }) => lastUnackedSentAt >= from && firstUnackedSentAt <= to);
    return hit ? all + records : all;
  }, 0);

function rowsText(rows: readonly Counted[]): string {
  const [first] = rows as readonly [Counted];
  return (
    `${showCount(sum(rows))} records were acknowledged although fewer replicas than ` +
    `min.insync.replicas were in sync, the first between ${showSpan(ms(first.from))} and ` +
    `${showSpan(ms(first.to))} of the run`
  );
}

/** An attempt beside an outage that was sent and acknowledged inside. */
function outageText(record: RunRecord, name: string, spans: readonly Interval[]): string | null {
  for (const event of record.events) {
    if (event.kind !== 'outage' || showPartition(event) !== name) continue;
    const acks = [
      { from: event.lastAckSentAt, to: event.lastAckAt },
      { from: event.firstAckSentAt, to: event.firstAckAt },
    ];
    for (const { from, to } of acks) {
      if (from === null || to === null || !isInside({ from, to }, spans)) continue;
      return (
        `an attempt of session ${event.session}, sent at ${showSpan(ms(from))} of the run, was ` +
        `acknowledged at ${showSpan(ms(to))} although fewer replicas than min.insync.replicas ` +
        'were in sync'
      );
    }
  }
  return null;
}
