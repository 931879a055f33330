import { HighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { ms, type Span } from '../core/time.ts';
import { showCount, showSpan } from '../core/units.ts';
import type { WindowName } from '../record/events.ts';
import { type LagAge, lagAges, lagStretches } from '../record/lag-states.ts';
import { showPartition } from '../record/names.ts';
import type { CheckRef } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Interval } from '../record/windows.ts';
import type { Anomaly, Checker, Measurement } from './checker.ts';
import { decide, optionalCount, optionalSpan, windowsParam } from './finding.ts';
import { plannedPartitions } from './readings/final-reads.ts';
import {
  type JudgedWindow,
  judgedWindows,
  missingWindows,
  windowsOfPlan,
} from './readings/judged-windows.ts';
import { lagPatience, showStretch } from './readings/lag-look.ts';

/**
 * Claim: while load goes on, the consumer group is never further behind than so many records, or
 * than so long, in the windows that are named; with `after`, from so long after their beginning on,
 * which is how long catching up may take.
 *
 * Sees: every sample of lag (high watermark − committed) of every partition. Lag as time is the age
 * of the next record to be read, as an interval between two looks (lag-states.ts): LAG_TOO_HIGH
 * when even its lower end is above the limit. The text says whether the group is behind there and
 * moves, or is stuck.
 *
 * Cannot see: what happened between two looks. A stretch to which everybody was blind is
 * inconclusive, and so is an age of which only the upper end is above the limit.
 *
 * False alarms: a commit interval longer than the limit: a group is behind by all that it has not
 * committed. A starved host: see the judge.
 */
export const lagBelowChecker: Checker = {
  claim: 'lag-below',
  needsFault: false,
  aboutTime: true,
  statement: (params) => {
    const { records, age, after } = limitsOf(params);
    const limits = [
      ...(records === null ? [] : [`${showCount(records)} records`]),
      ...(age === null ? [] : [showSpan(age)]),
    ];
    const names = windowsParam(params).join(', ');
    return (
      `the consumer group is at most ${limits.join(' and ')} behind in ${names}` +
      (after === null ? '' : ` from ${showSpan(after)} after its beginning`)
    );
  },
  check(record, params) {
    const limits = limitsOf(params);
    const names = windowsOfPlan(record, windowsParam(params));
    const windows = judgedWindows(record, names);
    const wanted = partitionsParam(params);
    const known = plannedPartitions(record).map(showPartition);
    const partitions = wanted === null ? known : known.filter((name) => wanted.includes(name));
    const parts = windows.flatMap((window) =>
      partitions.map((of) => lookAt(record, { of, window }, limits)),
    );
    return decide({
      looked: { at: parts.reduce((sum, { ages }) => sum + ages.length, 0), what: 'samples of lag' },
      measured: measure(parts, limits),
      anomalies: parts.flatMap(({ anomaly }) => anomaly ?? []),
      doubts: [
        ...missingWindows(windows, names),
        ...(wanted ?? []).filter((of) => !known.includes(of)).map((of) => `no partition ${of}`),
        ...parts.flatMap(({ doubts }) => doubts),
      ],
      holds: `${partitions.length} partitions were within it in ${names.join(', ')}`,
    });
  },
};

/** What a suite may say of lag under load. */
export interface LagPromise {
  readonly records?: number;
  readonly age?: Span;
  /** Baseline and recover unless told. */
  readonly during?: readonly WindowName[];
  /** Only from so long after the beginning of a window on. */
  readonly after?: Span;
  /** `orders-0`; all partitions unless told. */
  readonly of?: readonly string[];
}

/** For suites: a limit of lag, in records, in time, or both, while load goes on. */
export const lagBelow = ({ records, age, during, after, of }: LagPromise): CheckRef => ({
  claim: lagBelowChecker.claim,
  params: {
    during: [...(during ?? ['baseline', 'recover'])],
    ...(records === undefined ? {} : { records }),
    ...(age === undefined ? {} : { ageMs: age }),
    ...(after === undefined ? {} : { afterMs: after }),
    ...(of === undefined ? {} : { of: [...of] }),
  },
});

interface Limits {
  readonly records: number | null;
  readonly age: Span | null;
  readonly after: Span | null;
}

function limitsOf(params: JsonObject): Limits {
  const limits = {
    records: optionalCount(params, 'records'),
    age: optionalSpan(params, 'ageMs'),
    after: optionalSpan(params, 'afterMs'),
  };
  partitionsParam(params);
  if (limits.records !== null || limits.age !== null) return limits;
  throw new HighwaterError('SCENARIO_INVALID', 'expected a limit: records or age');
}

function partitionsParam(params: JsonObject): readonly string[] | null {
  const of = params['of'];
  if (of === undefined) return null;
  if (Array.isArray(of) && of.length > 0 && of.every((name) => typeof name === 'string')) {
    return of as readonly string[];
  }
  throw new HighwaterError(
    'SCENARIO_INVALID',
    `parameter of: expected names of partitions, got ${JSON.stringify(of)}`,
  );
}

interface Part {
  readonly ages: readonly LagAge[];
  readonly anomaly?: Anomaly;
  readonly doubts: readonly string[];
}

function lookAt(
  record: RunRecord,
  { of, window }: { readonly of: string; readonly window: JudgedWindow },
  limits: Limits,
): Part {
  const within: Interval = { from: window.from + (limits.after ?? 0), to: window.to };
  const where = `in the ${window.name} window`;
  if (within.to <= within.from) {
    return { ages: [], doubts: [`${of}: nothing of the time that is judged is left ${where}`] };
  }
  const stretches = lagStretches(record.samples, {
    of,
    form: 'lag',
    within,
    ...lagPatience(record.plan),
  });
  const ages = lagAges(record.samples, of).filter(({ t }) => t >= within.from && t <= within.to);
  const blind = stretches
    .filter(({ state }) => state === 'blind')
    .map((stretch) => `${of}: ${showStretch(record, of, stretch)} ${where}`);
  const over = ages.filter((age) => isOver(age, limits));
  const worst = over.toSorted((a, b) => b.atLeast - a.atLeast || b.records - a.records)[0];
  if (worst !== undefined) {
    const state = stretches.find(({ from, to }) => worst.t >= from && worst.t <= to);
    const text =
      `${showCount(worst.records)} records and at least ${showSpan(ms(worst.atLeast))} behind ` +
      `${where}, ${showSpan(ms(worst.t - window.from))} after its beginning, in ${over.length} ` +
      `of ${ages.length} samples` +
      (state === undefined ? '' : `; ${showStretch(record, of, state)}`);
    return { ages, anomaly: { code: 'LAG_TOO_HIGH', where: of, text }, doubts: blind };
  }
  const unsure = ages.find(
    ({ atMost }) => limits.age !== null && (atMost ?? Infinity) > limits.age,
  );
  const doubt =
    unsure === undefined
      ? []
      : [
          `${of}: between ${showSpan(ms(unsure.atLeast))} and more than is promised behind ${where}`,
        ];
  return { ages, doubts: [...blind, ...doubt] };
}

const isOver = ({ records, atLeast }: LagAge, limits: Limits): boolean =>
  (limits.records !== null && records > limits.records) ||
  (limits.age !== null && atLeast > limits.age);

function measure(parts: readonly Part[], { records, age }: Limits): Measurement[] {
  const ages = parts.flatMap((part) => part.ages);
  if (ages.length === 0) return [];
  const most = (of: (age: LagAge) => number): number =>
    ages.reduce((a, b) => Math.max(a, of(b)), 0);
  return [
    {
      name: 'largest lag',
      value: most((one) => one.records),
      unit: 'records',
      ...(records === null ? {} : { bound: `at most ${showCount(records)}` }),
    },
    {
      name: 'oldest record not committed, at least',
      value: Math.round(most((one) => one.atLeast)),
      unit: 'ms',
      ...(age === null ? {} : { bound: `at most ${showSpan(age)}` }),
    },
  ];
}
