import { showCount } from '../core/units.ts';
import { faultLives } from '../record/fault-intervals.ts';
import { showPartition } from '../record/names.ts';
import type { StagePlan } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { SeriesName } from '../record/samples.ts';
import { countedOf, sumInside } from '../record/series.ts';
import { timetableOf } from '../record/timetable.ts';
import { baselineStart, type Interval, intervalsOf, loadEnd } from '../record/windows.ts';
import type { Checker, Measurement } from './checker.ts';
import { decide } from './finding.ts';

/**
 * Claim, of every run: the load was what the plan says, so that the other claims were put to the
 * test.
 *
 * Asks: the planned rate was reached in the baseline and the recover windows; attempts were made on
 * every partition that a fault affected, while it lasted; outside of faults the outcome of nearly
 * all attempts is known.
 *
 * It never fails: a load that was not real breaks no promise of the system, it leaves all of them
 * untested. Cannot see: whether the load resembles anybody's production.
 */
export const loadWasRealChecker: Checker = {
  claim: 'load-was-real',
  needsFault: false,
  aboutTime: false,
  statement: () => 'the load ran as planned, also while faults lasted',
  check(record) {
    const windows = judgedWindows(record);
    const rates = windows.map((window) => rateOf(record, window));
    const attempted = rates.reduce((sum, rate) => sum + rate.attempted, 0);
    const shares = sharesOf(record, windows, attempted);
    return decide({
      looked: { at: Math.round(attempted), what: 'attempted records' },
      measured: [...rates.flatMap(measureRate), ...shares.measured],
      anomalies: [],
      doubts: [
        ...missingWindows(record, windows),
        ...rates.flatMap(({ doubt }) => doubt ?? []),
        ...shares.doubts,
        ...untriedPartitions(record),
      ],
      holds: `${showCount(Math.round(attempted))} records were attempted at the planned rate`,
    });
  },
};

/**
 * Less of the planned records in a window is not the planned load; 5 % covers windows that cut rows
 * of a series.
 */
const REACHED_MIN = 0.95;
/** With more unknown outcomes, "nothing was lost" says little. */
const UNKNOWN_MAX = 0.2;
/** A window that is shorter shows no rate, in ms. */
const WINDOW_MIN = 1_000;

interface JudgedWindow extends Interval {
  readonly name: 'baseline' | 'recover';
}

/** Windows cut to where the plan has load: the last one also waits for the last completions. */
function judgedWindows(record: RunRecord): JudgedWindow[] {
  const start = baselineStart(record.events);
  if (start === null) return [];
  const planned = start + timetableOf(record.plan.load).reduce((sum, { forMs }) => sum + forMs, 0);
  return (['baseline', 'recover'] as const).flatMap((name) =>
    intervalsOf(record.events, name)
      .map(({ from, to }) => ({ name, from, to: Math.min(to, planned) }))
      .filter(({ from, to }) => to - from >= WINDOW_MIN),
  );
}

function missingWindows(record: RunRecord, windows: readonly JudgedWindow[]): string[] {
  const has = (name: string): boolean => windows.some((window) => window.name === name);
  const needed = record.plan.timeline.length > 0 ? ['baseline', 'recover'] : ['baseline'];
  return needed
    .filter((name) => !has(name))
    .map((name) => `no ${name} window of at least ${WINDOW_MIN / 1_000} s with planned load`);
}

/** How many records the stages plan from `from` to `to`, counted from the start of the baseline. */
function plannedBetween(stages: readonly StagePlan[], from: number, to: number): number {
  let begun = 0;
  let sum = 0;
  for (const { fromRate, toRate, forMs } of stages) {
    const [a, b] = [Math.max(from, begun) - begun, Math.min(to, begun + forMs) - begun];
    const rate = (at: number): number => fromRate + ((toRate - fromRate) * at) / forMs;
    // The mean of a straight line is the mean of its ends.
    if (b > a) sum += (((rate(a) + rate(b)) / 2) * (b - a)) / 1_000;
    begun += forMs;
  }
  return sum;
}

interface WindowRate {
  readonly window: JudgedWindow;
  readonly planned: number;
  readonly attempted: number;
  readonly doubt?: string;
}

function rateOf(record: RunRecord, window: JudgedWindow): WindowRate {
  const start = baselineStart(record.events) ?? 0;
  const { from, to, name } = window;
  const planned = plannedBetween(timetableOf(record.plan.load), from - start, to - start);
  const attempted = sumInside(countedOf(record.samples, 'attempted'), window);
  const known = { window, planned, attempted };
  if (planned === 0) return { ...known, doubt: `no load was planned in the ${name} window` };
  if (attempted >= planned * REACHED_MIN) return known;
  return {
    ...known,
    doubt:
      `in the ${name} window ${showCount(Math.round(attempted))} of ` +
      `${showCount(Math.round(planned))} planned records were attempted ` +
      `(${percent(attempted / planned)}, at least ${percent(REACHED_MIN)} is needed)`,
  };
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

function measureRate({ window, planned, attempted }: WindowRate): Measurement[] {
  const seconds = (window.to - window.from) / 1_000;
  const perSecond = (count: number): number => Math.round((count / seconds) * 10) / 10;
  return [
    {
      name: `rate attempted, ${window.name}`,
      value: perSecond(attempted),
      unit: 'records/s',
      bound: `at least ${showCount(perSecond(planned * REACHED_MIN))}`,
    },
  ];
}

function sharesOf(
  record: RunRecord,
  windows: readonly Interval[],
  attempted: number,
): { readonly measured: readonly Measurement[]; readonly doubts: readonly string[] } {
  const shareOf = (series: SeriesName): number => {
    const rows = countedOf(record.samples, series);
    const sum = windows.reduce((all, window) => all + sumInside(rows, window), 0);
    return attempted === 0 ? 0 : Math.round((sum / attempted) * 1e6) / 1e6;
  };
  const unknown = shareOf('unknown');
  const bound = `at most ${UNKNOWN_MAX}`;
  return {
    measured: [
      { name: 'unknown outcomes outside of faults', value: unknown, unit: 'share', bound },
      { name: 'dropped slots outside of faults', value: shareOf('dropped'), unit: 'share' },
      { name: 'late attempts outside of faults', value: shareOf('late'), unit: 'share' },
    ],
    doubts:
      unknown <= UNKNOWN_MAX
        ? []
        : [`${percent(unknown)} of the outcomes outside of faults are unknown`],
  };
}

/** Partitions that a fault affected and that nobody tried to write to while it lasted. */
function untriedPartitions(record: RunRecord): string[] {
  const attempted = countedOf(record.samples, 'attempted');
  const end = loadEnd(record.events) ?? Number.POSITIVE_INFINITY;
  return faultLives(record.events).flatMap(({ step, engage, heal, confirmHeal }) => {
    if (engage === null || !engage.took) return [];
    const until = confirmHeal?.t ?? heal?.t ?? end;
    return engage.affected.map(showPartition).flatMap((name) => {
      // Only rows that begin after the harm: one that straddles it may hold earlier attempts.
      const tried = attempted.some(
        (row) => row.of === name && row.count > 0 && row.from >= engage.t && row.to <= until,
      );
      const unacked = record.events.some(
        (event) =>
          event.kind === 'outage' &&
          showPartition(event) === name &&
          event.lastUnackedSentAt >= engage.t &&
          event.firstUnackedSentAt <= until,
      );
      return tried || unacked ? [] : [`no attempt on ${name} while ${step} lasted`];
    });
  });
}
