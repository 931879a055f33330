import { showCount } from '../../core/units.ts';
import type { WindowName } from '../../record/events.ts';
import { showPartition } from '../../record/names.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { SeriesName } from '../../record/samples.ts';
import { type Counted, countedOf, sumInside } from '../../record/series.ts';
import { plannedBetween, timetableOf } from '../../record/timetable.ts';
import { baselineStart, type Interval, loadEnd } from '../../record/windows.ts';
import type { Checker, Measurement } from '../checker.ts';
import { decide } from '../finding.ts';
import { impactsOf } from '../readings/impacts.ts';
import { type JudgedWindow, judgedWindows, missingWindows } from '../readings/judged-windows.ts';

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
    const names = record.plan.timeline.length > 0 ? BOTH : BOTH.slice(0, 1);
    const windows = judgedWindows(record, BOTH);
    const rates = windows.map((window) => rateOf(record, window));
    const attempted = rates.reduce((sum, rate) => sum + rate.attempted, 0);
    const shares = sharesOf(record, windows, attempted);
    return decide({
      looked: { at: Math.round(attempted), what: 'attempted records' },
      measured: [...rates.flatMap(measureRate), ...shares.measured],
      anomalies: [],
      doubts: [
        ...missingWindows(windows, names),
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
/** Outside of these, a system that is being harmed may leave nothing else to do than to wait. */
const BOTH: readonly WindowName[] = ['baseline', 'recover'];

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

/**
 * Whether there were attempts in an interval. Only rows that lie inside tell: one that straddles an
 * end of it may hold attempts from outside. Of an interval so short that no row lies inside (a
 * reset of connections is over at once) all that straddle it are asked, and all must have some.
 */
function triedDuring(rows: readonly Counted[], during: Interval): boolean {
  const inside = rows.filter(({ from, to }) => from >= during.from && to <= during.to);
  if (inside.length > 0) return inside.some(({ count }) => count > 0);
  const across = rows.filter(({ from, to }) => from < during.to && to > during.from);
  return across.length > 0 && across.every(({ count }) => count > 0);
}

/** A change that was over sooner may lie between two rows of the series, in ms. */
const CHANGE_MIN = 3_000;

/**
 * Partitions that a fault or a planned change affected and that nobody tried to write to while it
 * lasted.
 */
function untriedPartitions(record: RunRecord): string[] {
  const attempted = countedOf(record.samples, 'attempted');
  const end = loadEnd(record.events) ?? Number.POSITIVE_INFINITY;
  return impactsOf(record).flatMap(({ kind, step, by, over, affected }) => {
    const until = over ?? end;
    if (kind === 'change' && until - by < CHANGE_MIN) return [];
    return affected.map(showPartition).flatMap((name) => {
      const tried = triedDuring(
        attempted.filter((row) => row.of === name),
        { from: by, to: until },
      );
      const unacked = record.events.some(
        (event) =>
          event.kind === 'outage' &&
          showPartition(event) === name &&
          event.lastUnackedSentAt >= by &&
          event.firstUnackedSentAt <= until,
      );
      return tried || unacked ? [] : [`no attempt on ${name} while ${step} lasted`];
    });
  });
}
