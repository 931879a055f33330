import { ms, type Span } from '../core/time.ts';
import { showCount, showSpan } from '../core/units.ts';
import { allOverAt, wasDisturbed } from '../record/fault-intervals.ts';
import type { LagForm } from '../record/lag-states.ts';
import { showPartition } from '../record/names.ts';
import type { CheckRef } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Sample } from '../record/samples.ts';
import { seriesOf } from '../record/series.ts';
import { intervalsOf, loadEnd } from '../record/windows.ts';
import type { Anomaly, Checker, Measurement } from './checker.ts';
import { decide, spanParam } from './finding.ts';
import { plannedPartitions } from './readings/final-reads.ts';
import { lagFormParam, lagStateNow } from './readings/lag-look.ts';

/**
 * Claim: once everything is healed and the producers have stopped, the consumer group reaches the
 * end of every partition within a limit.
 *
 * Sees: a partition whose lag is not 0 in SAMPLES_MIN samples in a row before the limit has passed
 * (LAG_NOT_DRAINED), by its name; a sum over partitions would hide one. It says whether the group
 * is behind there and moves, or is stuck, and how much of it is in open transactions. Lag is
 * counted to the high watermark, or for a group that reads committed data to the last stable
 * offset.
 *
 * The limit counts from when everything was over (the last heal, the last planned change) or from
 * the end of the load, whichever is later: a lag that is 0 for a moment under load is a coincidence
 * of sampling.
 *
 * Does not mind: lag while a fault lasts or while the load goes on; when the group had caught up
 * under load again after the heal is measured, not judged (lag-below judges it).
 *
 * Cannot see: a partition to which everybody was blind, without samples or without a commit (no
 * commit is not lag 0): then it is inconclusive; records that were committed and never processed.
 *
 * False alarms: a transaction marker at the end of a log is never committed past; a group that is
 * caught up then keeps a lag of it. Such logs need a promise of another kind. A starved host: see
 * the judge.
 */
export const lagDrainedChecker: Checker = {
  claim: 'lag-drained',
  needsFault: false,
  aboutTime: true,
  statement: (params) =>
    `the consumer group has no lag left ${showSpan(spanParam(params, 'withinMs'))} after ` +
    `everything is healed and the load has ended${
      lagFormParam(params) === 'lag' ? '' : ', counted to the last stable offset'
    }`,
  check(record, params) {
    const within = spanParam(params, 'withinMs');
    const form = lagFormParam(params);
    const start = startOf(record);
    const names = plannedPartitions(record).map(showPartition);
    const parts = names.map((name) => {
      const rows = seriesOf(record.samples, form, name);
      return typeof start === 'string'
        ? { rows: 0 }
        : {
            ...partOf({ name, rows, record, form }, { start, within }),
            ...underLoad(record, rows),
          };
    });
    const slowest = Math.max(...parts.map(({ drainedAfter }) => drainedAfter ?? 0));
    return decide({
      looked: { at: parts.reduce((sum, { rows }) => sum + rows, 0), what: 'samples of lag' },
      measured: measure(parts, within),
      anomalies: parts.flatMap(({ anomaly }) => anomaly ?? []),
      doubts: [
        ...(typeof start === 'string' ? [start] : []),
        ...parts.flatMap(({ doubt }) => doubt ?? []),
      ],
      holds: `the lag of ${names.length} partitions was gone after ${showSpan(ms(slowest))}`,
    });
  },
};

/**
 * For suites: lag is gone this long after the last heal and the end of the load. `to` names the end
 * that it is counted to: the high watermark unless told.
 */
export const lagDrained = ({
  within,
  to,
}: {
  readonly within: Span;
  readonly to?: 'high-watermark' | 'last-stable';
}): CheckRef => ({
  claim: lagDrainedChecker.claim,
  params: { withinMs: within, ...(to === undefined ? {} : { to }) },
});

/** So many samples in a row have to be 0: one alone may have been taken between two commits. */
const SAMPLES_MIN = 3;

interface Part {
  readonly rows: number;
  /** From the start of the limit to the first of the samples that are 0. */
  readonly drainedAfter?: number;
  readonly anomaly?: Anomaly;
  readonly doubt?: string;
  /** From the last heal to the first sample that was no higher than in the baseline. */
  readonly caughtUpAfter?: number;
}

/** When draining is owed from; a text when that cannot be told. */
function startOf(record: RunRecord): number | string {
  const end = loadEnd(record.events);
  if (end === null) return 'the load did not end';
  if (!wasDisturbed(record.events)) return end;
  const over = allOverAt(record.events);
  return over === null
    ? 'not every fault was seen to be healed, or a planned change came to no end'
    : Math.max(end, over);
}

function partOf(
  of: {
    readonly name: string;
    readonly rows: readonly Sample[];
    readonly record: RunRecord;
    readonly form: LagForm;
  },
  { start, within }: { readonly start: number; readonly within: Span },
): Part {
  const { name, record, form } = of;
  const rows = of.rows.filter(({ t }) => t >= start);
  const at = rows.findIndex((_, index) => {
    const run = rows.slice(index, index + SAMPLES_MIN);
    return run.length === SAMPLES_MIN && run.every(({ value }) => value === 0);
  });
  const first = rows[at];
  const last = rows.at(-1);
  if (last === undefined) return { rows: 0, doubt: blindTo(record, name, start) };
  if (rows.some(({ value }) => value < 0)) {
    return { rows: rows.length, doubt: `${name} has a negative lag: it was measured wrongly` };
  }
  const known = { rows: rows.length };
  const drainedAfter = first === undefined ? null : first.t - start;
  if (drainedAfter !== null && drainedAfter <= within) return { ...known, drainedAfter };
  const until = showSpan(ms(last.t - start));
  const then = rows.filter(({ t }) => t <= start + within).at(-1);
  // With a sample of 0 just before the limit it may have been drained in time.
  if (last.t < start + within || then === undefined || then.value === 0) {
    const seen = `last seen ${showCount(last.value)}, ${until} after the start`;
    return { ...known, doubt: `${name}: its lag was not looked at long enough (${seen})` };
  }
  const text =
    drainedAfter === null
      ? `still ${showCount(last.value)} behind ${until} after the load ended and all was healed; ` +
        lagStateNow(record, { of: name, form, within: { from: start, to: last.t } })
      : `drained after ${showSpan(ms(drainedAfter))}, at most ${showSpan(within)} is promised`;
  const anomaly = { code: 'LAG_NOT_DRAINED', where: name, text };
  return { ...known, anomaly, ...(drainedAfter === null ? {} : { drainedAfter }) };
}

/** Why nothing is known of a partition's lag after the load. */
function blindTo({ samples }: RunRecord, name: string, start: number): string {
  // The look leaves out the lag alone where the group has no commit.
  const looked = seriesOf(samples, 'open-transactions', name).some(({ t }) => t >= start);
  return looked
    ? `${name}: blind, the group has no commit there to count lag from`
    : `${name}: blind, it has no sample of lag after the load ended`;
}

function underLoad(record: RunRecord, rows: readonly Sample[]): Partial<Part> {
  const healed = allOverAt(record.events);
  const baseline = intervalsOf(record.events, 'baseline')[0];
  if (healed === null || baseline === undefined) return {};
  const usual = rows.filter(({ t }) => t >= baseline.from && t <= baseline.to);
  if (usual.length === 0) return {};
  const most = Math.max(...usual.map(({ value }) => value));
  const again = rows.find(({ t, value }) => t >= healed && value <= most);
  return again === undefined ? {} : { caughtUpAfter: again.t - healed };
}

function measure(parts: readonly Part[], within: Span): Measurement[] {
  const drained = parts.flatMap(({ drainedAfter }) => drainedAfter ?? []);
  const caughtUp = parts.flatMap(({ caughtUpAfter }) => caughtUpAfter ?? []);
  const measured: Measurement[] = [];
  if (drained.length === parts.length && drained.length > 0) {
    const bound = `at most ${showSpan(within)}`;
    const value = Math.round(Math.max(...drained));
    measured.push({ name: 'lag gone after', value, unit: 'ms', bound });
  }
  if (caughtUp.length === parts.length && caughtUp.length > 0) {
    const value = Math.round(Math.max(...caughtUp));
    measured.push({ name: 'lag as before the fault, after the heal', value, unit: 'ms' });
  }
  return measured;
}
