import type { Anomaly, Measurement, Verdict } from '../checkers/checker.ts';
import type { RunResult } from '../checkers/result.ts';
import { assertNever, type ExitCode } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import { ms } from '../core/time.ts';
import { perSecond, showCount, showRate, showSpan } from '../core/units.ts';

/** The sign and the word of an outcome, the same in every report. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, { mark: string; word: string }>> = {
  pass: { mark: '✓', word: 'holds' },
  fail: { mark: '✗', word: 'BROKEN' },
  inconclusive: { mark: '?', word: 'INCONCLUSIVE' },
};

const EXIT_WORDS: Readonly<Record<ExitCode, string>> = {
  0: 'every claim holds',
  1: 'a claim is broken',
  2: 'it cannot be told whether the claims hold',
  3: 'the environment was not ready',
  4: 'refused: nothing was started',
  70: 'a bug in highwater',
  130: 'interrupted',
};

/** What an exit code means, in words. */
export const meaningOfExit = (exit: ExitCode): string => EXIT_WORDS[exit];

/** A measured value with its unit: "3.98 s", "64 records", "99.8 %". */
export function showValue({ value, unit }: Pick<Measurement, 'value' | 'unit'>): string {
  switch (unit) {
    case 'ms':
      return showSpan(ms(value));
    case 'records':
      return `${showCount(value)} ${value === 1 ? 'record' : 'records'}`;
    case 'records/s':
      return showRate(perSecond(value));
    case 'share':
      return `${Number((value * 100).toFixed(2))} %`;
    case 'count':
      return showCount(value);
    default:
      return assertNever(unit);
  }
}

/** A measurement on one line: "longest outage 3.98 s (must be at most 15 s)". */
export const showMeasurement = (measurement: Measurement): string =>
  `${measurement.name} ${showValue(measurement)}` +
  (measurement.bound === undefined ? '' : ` (must be ${measurement.bound})`);

/** "kafka 4.3.1", or only the kind when its spec names no version. */
export function showSystem(system: RunResult['system']): string {
  const version = system.spec['version'];
  return typeof version === 'string' ? `${system.kind} ${version}` : system.kind;
}

/** The verdicts in one sentence: "1 of 7 claims is broken: no-loss". */
export function summarise(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return 'no claim was judged';
  const parts = [
    countOf(verdicts, 'fail', ['is broken', 'are broken']),
    countOf(verdicts, 'inconclusive', ['is inconclusive', 'are inconclusive']),
  ].filter((part) => part !== undefined);
  return parts.length === 0
    ? `all ${verdicts.length} claims hold`
    : `of ${verdicts.length} claims ${parts.join(', ')}`;
}

function countOf(
  verdicts: readonly Verdict[],
  outcome: Outcome,
  words: readonly [one: string, many: string],
): string | undefined {
  const names = verdicts.filter((verdict) => verdict.outcome === outcome).map(({ claim }) => claim);
  if (names.length === 0) return undefined;
  return `${names.length} ${words[names.length === 1 ? 0 : 1]} (${names.join(', ')})`;
}

/**
 * The anomalies that a reader of the verdict's reason has not read yet: one alone is often the
 * reason.
 */
export const witnessesOf = ({ because, anomalies }: Verdict): readonly Anomaly[] =>
  anomalies.filter(({ text }) => !because.includes(text));

/** The first `most` of the things, and how many were left out. */
export function capped<T>(
  things: readonly T[],
  most: number,
): { shown: readonly T[]; more: number } {
  const shown = things.slice(0, most);
  return { shown, more: things.length - shown.length };
}
