import type { JsonObject } from '../core/json.ts';
import { ms, type Span } from '../core/time.ts';
import { perSecond, type Rate, showRate, showSpan } from '../core/units.ts';
import type { WindowName } from '../record/events.ts';
import type { CheckRef } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import { type Counted, countedOf } from '../record/series.ts';
import { plannedBetween, timetableOf } from '../record/timetable.ts';
import { baselineStart } from '../record/windows.ts';
import type { Anomaly, Checker, Measurement } from './checker.ts';
import { decide, numberParam, optionalSpan, windowsParam } from './finding.ts';
import { generatedIn } from './readings/generator.ts';
import {
  type JudgedWindow,
  judgedWindows,
  missingWindows,
  windowsOfPlan,
} from './readings/judged-windows.ts';

/**
 * Claim: at least so many records a second are acknowledged, in the windows that are named; with
 * `every`, in every stretch of that length inside of them, so that a stall cannot hide in a mean.
 *
 * Sees: acknowledgements by the second, counted when they came, in rows that lie wholly inside the
 * window: nothing is cut and nothing is guessed (THROUGHPUT_TOO_LOW). What was sent and not
 * acknowledged does not count.
 *
 * Cannot see: what the system could take beyond the planned load. A promise above the planned rate
 * is inconclusive.
 *
 * False alarms: a load generator that is itself too slow. So the claim is told only where the
 * generator came to its slots in time (generator.ts); a starved host: see the judge.
 */
export const throughputAtLeastChecker: Checker = {
  claim: 'throughput-at-least',
  needsFault: false,
  aboutTime: true,
  statement: (params) => {
    const every = optionalSpan(params, 'everyMs');
    return (
      `at least ${showRate(rateParam(params))} are acknowledged in ` +
      `${windowsParam(params).join(', ')}${every === null ? '' : `, in every ${showSpan(every)}`}`
    );
  },
  check(record, params) {
    const names = windowsOfPlan(record, windowsParam(params));
    const windows = judgedWindows(record, names);
    const promised = { rate: rateParam(params), every: optionalSpan(params, 'everyMs') };
    const found = windows.map((window) => lookAt(record, window, promised));
    const slowest = Math.min(...found.flatMap(({ slowest: rate }) => rate ?? []));
    return decide({
      looked: { at: found.reduce((sum, { rows }) => sum + rows, 0), what: 'rows of rates' },
      measured: found.flatMap(({ measured }) => measured),
      anomalies: found.flatMap(({ anomaly }) => anomaly ?? []),
      doubts: [...missingWindows(windows, names), ...found.flatMap(({ doubt }) => doubt ?? [])],
      holds: `never under ${showRate(rounded(slowest))} where it was promised`,
    });
  },
};

/**
 * For suites: at least `rate` is acknowledged in the windows (baseline and recover unless told), in
 * every stretch of `every` when that is given, else over each window as a whole.
 */
export function throughputAtLeast(
  promise:
    | Rate
    | { readonly rate: Rate; readonly during?: readonly WindowName[]; readonly every?: Span },
): CheckRef {
  const { rate, during, every } = typeof promise === 'number' ? { rate: promise } : promise;
  return {
    claim: throughputAtLeastChecker.claim,
    params: {
      perSecond: rate,
      during: [...(during ?? ['baseline', 'recover'])],
      ...(every === undefined ? {} : { everyMs: every }),
    },
  };
}

const rateParam = (params: JsonObject): Rate => perSecond(numberParam(params, 'perSecond'));

interface Promised {
  readonly rate: Rate;
  readonly every: Span | null;
}

interface Part {
  readonly rows: number;
  /** The lowest rate of the stretches that were judged. */
  readonly slowest?: number;
  readonly measured: readonly Measurement[];
  readonly anomaly?: Anomaly;
  readonly doubt?: string;
}

function lookAt(record: RunRecord, window: JudgedWindow, { rate, every }: Promised): Part {
  const bins = binsInside(record, window);
  const [first, last] = [bins[0], bins.at(-1)];
  const covered = first === undefined || last === undefined ? 0 : last.to - first.from;
  const name = `the ${window.name} window`;
  if (covered < Math.max(COVERED_MIN * (window.to - window.from), every ?? 0)) {
    return {
      rows: bins.length,
      measured: [],
      doubt: `too few rows of acknowledgements in ${name}`,
    };
  }
  const whole = rateOf(bins);
  const stretches = every === null ? [bins] : stretchesOf(bins, every);
  const worst = stretches.reduce((a, b) => (rateOf(b) < rateOf(a) ? b : a));
  const slowest = rateOf(worst);
  const bound = `at least ${showRate(rate)}`;
  const measured: Measurement[] = [
    measure(`rate acknowledged, ${window.name}`, whole, every === null ? bound : undefined),
    ...(every === null
      ? []
      : [measure(`lowest in ${showSpan(every)}, ${window.name}`, slowest, bound)]),
  ];
  const known = { rows: bins.length, slowest, measured };
  if (slowest >= rate) return known;
  const doubt = whyNotTheSystem(record, window, { rate, worst });
  if (doubt !== null) return { ...known, doubt };
  const span = showSpan(ms(endOf(worst) - startOf(worst)));
  const text =
    `${showRate(rounded(slowest))} were acknowledged for ${span} in ${name} ` +
    `(from ${showSpan(ms(startOf(worst)))} of the run on), at least ${showRate(rate)} are promised`;
  return { ...known, anomaly: { code: 'THROUGHPUT_TOO_LOW', where: window.name, text } };
}

/** The rows of a window have to cover this share of it. */
const COVERED_MIN = 0.5;

/** Why a rate that is too low says nothing of the system; null when it does. */
function whyNotTheSystem(
  record: RunRecord,
  window: JudgedWindow,
  { rate, worst }: { readonly rate: Rate; readonly worst: readonly Counted[] },
): string | null {
  const start = baselineStart(record.events) ?? 0;
  const [from, to] = [startOf(worst), endOf(worst)];
  const planned = plannedBetween(timetableOf(record.plan.load), from - start, to - start);
  const plannedRate = (planned / (to - from)) * 1_000;
  if (plannedRate < rate) {
    const told = `${showRate(rounded(plannedRate))} of planned load`;
    return `${told} in the ${window.name} window cannot show ${showRate(rate)}`;
  }
  return generatedIn(record, window).doubt;
}

/** What was acknowledged, over all partitions, in the rows that lie inside the window. */
function binsInside(record: RunRecord, window: JudgedWindow): Counted[] {
  const bins = new Map<number, { from: number; count: number }>();
  for (const { from, to, count } of countedOf(record.samples, 'acknowledged')) {
    if (from < window.from || to > window.to || to <= from) continue;
    const bin = bins.get(to) ?? { from, count: 0 };
    bins.set(to, { from: Math.min(bin.from, from), count: bin.count + count });
  }
  return [...bins]
    .map(([to, { from, count }]) => ({ of: 'all', from, to, count }))
    .sort((a, b) => a.to - b.to);
}

/** From each row on, the shortest stretch of rows that is at least so long. */
function stretchesOf(bins: readonly Counted[], every: Span): (readonly Counted[])[] {
  return bins.flatMap((bin, at) => {
    const end = bins.findIndex(({ to }, index) => index >= at && to - bin.from >= every);
    return end < 0 ? [] : [bins.slice(at, end + 1)];
  });
}

const startOf = (bins: readonly Counted[]): number => bins[0]?.from ?? 0;
const endOf = (bins: readonly Counted[]): number => bins.at(-1)?.to ?? 0;

function rateOf(bins: readonly Counted[]): number {
  const sum = bins.reduce((all, { count }) => all + count, 0);
  return (sum / (endOf(bins) - startOf(bins))) * 1_000;
}

const rounded = (rate: number): Rate => perSecond(Math.round(rate * 10) / 10);

const measure = (name: string, rate: number, bound: string | undefined): Measurement => ({
  name,
  value: rounded(rate),
  unit: 'records/s',
  ...(bound === undefined ? {} : { bound }),
});
