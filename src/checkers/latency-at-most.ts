import { HighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { ms, type Span } from '../core/time.ts';
import { showCount, showSpan } from '../core/units.ts';
import type { LatencyEvent, WindowName } from '../record/events.ts';
import type { CheckRef } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Anomaly, Checker, Measurement } from './checker.ts';
import { decide, optionalSpan, windowsParam } from './finding.ts';
import { generatedIn } from './readings/generator.ts';
import {
  type JudgedWindow,
  judgedWindows,
  missingWindows,
  windowsOfPlan,
} from './readings/judged-windows.ts';

/**
 * Claim: this share of the records is acknowledged within this time, in the windows that are named.
 *
 * Sees: percentiles of the whole window, from the planned time (`due`), so that a stall shows in
 * every record that had to wait for it, or from the real send. A record that was due and never
 * acknowledged is slower than any limit and counts: leaving it out would make a system that answers
 * only what is easy look quick. So the percentile that is asked for lies between two of those that
 * are known of the acknowledged records; where the limit lies between them too, it cannot be told.
 *
 * Cannot see: percentiles of fewer records than it takes to have one (a p99 of 50 records).
 *
 * False alarms: a load generator that is itself late. The claim is told only where it kept up
 * (generator.ts), and its own lateness must be far below the limit; a starved host: see the judge.
 */
export const latencyAtMostChecker: Checker = {
  claim: 'latency-at-most',
  needsFault: false,
  aboutTime: true,
  statement: (params) => {
    const limits = limitsOf(params).map(({ name, limit }) => `${name} at most ${showSpan(limit)}`);
    return (
      `produce latency from ${fromOf(params)} is ${limits.join(', ')} in ` +
      windowsParam(params).join(', ')
    );
  },
  check(record, params) {
    const names = windowsOfPlan(record, windowsParam(params));
    const windows = judgedWindows(record, names);
    const limits = limitsOf(params);
    const parts = windows.map((window) => lookAt(record, window, { limits, from: fromOf(params) }));
    return decide({
      looked: { at: parts.reduce((sum, { records }) => sum + records, 0), what: 'records' },
      measured: parts.flatMap(({ measured }) => measured),
      anomalies: parts.flatMap(({ anomalies }) => anomalies),
      doubts: [
        ...missingWindows(windows, names),
        ...new Set(parts.flatMap(({ doubts }) => doubts)),
      ],
      holds: parts.map(({ holds }) => holds).join('; '),
    });
  },
};

/** What a suite may say of latency. */
export interface LatencyPromise {
  readonly p50?: Span;
  readonly p99?: Span;
  readonly p999?: Span;
  readonly max?: Span;
  /** From the planned time unless told. */
  readonly from?: 'due' | 'send';
  /** Baseline and recover unless told. */
  readonly during?: readonly WindowName[];
}

/** For suites: limits of percentiles of produce latency. */
export const latencyAtMost = ({ during, from, ...limits }: LatencyPromise): CheckRef => ({
  claim: latencyAtMostChecker.claim,
  params: {
    from: from ?? 'due',
    during: [...(during ?? ['baseline', 'recover'])],
    ...Object.fromEntries(Object.entries(limits).map(([name, limit]) => [`${name}Ms`, limit])),
  },
});

const KNOWN = [
  { name: 'p50', share: 0.5 },
  { name: 'p90', share: 0.9 },
  { name: 'p99', share: 0.99 },
  { name: 'p999', share: 0.999 },
  { name: 'max', share: 1 },
] as const;
const LIMITED = KNOWN.filter(({ name }) => name !== 'p90');

interface Limit {
  readonly name: (typeof KNOWN)[number]['name'];
  readonly share: number;
  readonly limit: Span;
}

function limitsOf(params: JsonObject): Limit[] {
  const limits = LIMITED.flatMap(({ name, share }) => {
    const limit = optionalSpan(params, `${name}Ms`);
    return limit === null ? [] : [{ name, share, limit }];
  });
  if (limits.length > 0) return limits;
  throw new HighwaterError('SCENARIO_INVALID', 'expected a limit: p50, p99, p999 or max');
}

function fromOf(params: JsonObject): 'due' | 'send' {
  const from = params['from'];
  if (from === 'due' || from === 'send') return from;
  const got = JSON.stringify(from) ?? 'nothing';
  throw new HighwaterError('SCENARIO_INVALID', `parameter from: expected due or send, got ${got}`);
}

interface Part {
  readonly records: number;
  readonly measured: readonly Measurement[];
  readonly anomalies: readonly Anomaly[];
  readonly doubts: readonly string[];
  readonly holds: string;
}

function lookAt(
  record: RunRecord,
  window: JudgedWindow,
  asked: { readonly limits: readonly Limit[]; readonly from: 'due' | 'send' },
): Part {
  const told = toldOf(record, window.name, asked.from);
  const none = { records: 0, measured: [], anomalies: [], holds: '' };
  if (told === null)
    return { ...none, doubts: [`no latency of the ${window.name} window is known`] };
  const { acknowledged, lateness } = told;
  const { dropped, doubt } = generatedIn(record, window);
  // Every record that was sent in this window has a lateness, every acknowledged one a latency.
  const all = lateness.count + (asked.from === 'due' ? Math.round(dropped) : 0);
  const judged = asked.limits.map((limit) => judgeLimit(limit, { window, told, all, doubt }));
  return {
    records: all,
    measured: judged.flatMap(({ measured }) => measured),
    anomalies: judged.flatMap(({ anomaly }) => anomaly ?? []),
    doubts: judged.flatMap(({ doubt: why }) => why ?? []),
    holds:
      `${window.name}: ${asked.limits.map(({ name }) => `${name} ${showSpan(ms(acknowledged[name]))}`).join(', ')}` +
      ` of ${showCount(all)} records`,
  };
}

interface Told {
  readonly acknowledged: LatencyEvent;
  readonly lateness: LatencyEvent;
}

/** The figures of a window; the last one of its name counts, there is one of each in a run. */
function toldOf({ events }: RunRecord, window: WindowName, from: 'due' | 'send'): Told | null {
  const find = (of: LatencyEvent['from']): LatencyEvent | undefined =>
    events.findLast(
      (event) => event.kind === 'latency' && event.window === window && event.from === of,
    ) as LatencyEvent | undefined;
  const [acknowledged, lateness] = [find(from), find('lateness')];
  return acknowledged === undefined || lateness === undefined ? null : { acknowledged, lateness };
}

/** Of these, one or more make a share of so many records. */
const enoughFor = (share: number, all: number): boolean => share === 1 || all * (1 - share) >= 1;
/** The generator's own lateness may be at most this share of a limit that is called broken. */
const OWN_SHARE = 0.2;

function judgeLimit(
  { name, share, limit }: Limit,
  {
    window,
    told,
    all,
    doubt,
  }: {
    readonly window: JudgedWindow;
    readonly told: Told;
    readonly all: number;
    readonly doubt: string | null;
  },
): { measured: Measurement[]; anomaly?: Anomaly; doubt?: string } {
  const { acknowledged, lateness } = told;
  const where = `in the ${window.name} window`;
  const measured: Measurement[] = [
    {
      name: `${name} from ${acknowledged.from}, ${window.name}`,
      value: acknowledged[name],
      unit: 'ms',
      bound: `at most ${showSpan(limit)}`,
    },
  ];
  if (!enoughFor(share, all)) {
    return { measured, doubt: `${showCount(all)} records are too few for a ${name} ${where}` };
  }
  const { atLeast, atMost } = boundsOf(share, acknowledged, all);
  if (atMost <= limit) return { measured };
  const missing = all - acknowledged.count;
  const seen =
    atLeast === Number.POSITIVE_INFINITY
      ? `${showCount(missing)} of ${showCount(all)} records were never acknowledged`
      : `${name} was at least ${showSpan(ms(atLeast))} from ${acknowledged.from}` +
        (missing > 0 ? `, with ${showCount(missing)} records never acknowledged` : '');
  const told_ = `${seen} ${where}, at most ${showSpan(limit)} is promised`;
  if (atLeast <= limit)
    return { measured, doubt: `it cannot be told whether ${name} held: ${told_}` };
  if (doubt !== null) return { measured, doubt };
  if (lateness[name] > limit * OWN_SHARE) {
    const own = `the load generator was itself up to ${showSpan(ms(lateness[name]))} late (${name})`;
    return { measured, doubt: `${own} ${where}` };
  }
  return { measured, anomaly: { code: 'LATENCY_TOO_HIGH', where: window.name, text: told_ } };
}

/**
 * With fewer unanswered records than a tenth of those that a percentile leaves out, and never more
 * than 1 %, it is taken for that of the answered ones: what is in flight when a fault comes would
 * else make every percentile a coarse one.
 */
const SAME_SHARE = 0.1;
const SAME_MAX = 0.01;

/**
 * Between which figures the percentile of all records lies, when some have no latency at all. Of
 * the acknowledged ones it is a higher percentile: with 1 000 of 1 010 acknowledged, the p99 of all
 * is the p99.99 of those.
 */
function boundsOf(
  share: number,
  acknowledged: LatencyEvent,
  all: number,
): { readonly atLeast: number; readonly atMost: number } {
  const of = (share * all) / acknowledged.count;
  if (of > 1) return { atLeast: Number.POSITIVE_INFINITY, atMost: Number.POSITIVE_INFINITY };
  const at = (known: (typeof KNOWN)[number] | undefined): number =>
    known === undefined ? 0 : acknowledged[known.name];
  const isSame = (all - acknowledged.count) / all <= Math.min(SAME_MAX, SAME_SHARE * (1 - share));
  return {
    atLeast: at(KNOWN.findLast((known) => known.share <= of)),
    atMost: at(KNOWN.find((known) => known.share >= (isSame ? share : of))),
  };
}
