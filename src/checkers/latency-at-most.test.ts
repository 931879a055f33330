import { describe, expect, it } from 'vitest';
import { ms } from '../core/time.ts';
import type { LatencyEvent } from '../record/events.ts';
import type { Finding } from './checker.ts';
import { type LatencyPromise, latencyAtMost, latencyAtMostChecker } from './latency-at-most.ts';
import { type Draft, latency, recordOf } from './test/a-record.ts';

const PROMISE: LatencyPromise = { p99: ms(25), during: ['baseline'] };
const check = (
  change: (draft: Draft) => void = () => {},
  promise: LatencyPromise = PROMISE,
): Finding => latencyAtMostChecker.check(recordOf(change), latencyAtMost(promise).params);
/** Puts these figures in place of the baseline's. */
const baseline =
  (from: LatencyEvent['from'], changes: Partial<LatencyEvent>) =>
  (draft: Draft): void => {
    draft.events = [
      ...draft.events.filter(
        (event) => event.kind !== 'latency' || event.window !== 'baseline' || event.from !== from,
      ),
      latency('baseline', from, changes),
    ];
  };

describe('latency-at-most', () => {
  it('passes with the figures that it was asked for', () => {
    const finding = check(undefined, { p50: ms(5), p999: ms(40), max: ms(80), from: 'send' });
    expect(finding).toMatchObject({
      outcome: 'pass',
      because:
        'baseline: p50 5 ms, p999 40 ms, max 80 ms of 2 000 records; ' +
        'recover: p50 5 ms, p999 40 ms, max 80 ms of 2 000 records',
    });
    expect(finding.measured[0]).toEqual({
      name: 'p50 from send, baseline',
      value: 5,
      unit: 'ms',
      bound: 'at most 5 ms',
    });
  });

  it('fails with the percentile that is above its limit', () => {
    const finding = check(undefined, { ...PROMISE, p99: ms(19) });
    expect(finding.because).toBe(
      'LATENCY_TOO_HIGH baseline: p99 was at least 20 ms from due in the baseline window, ' +
        'at most 19 ms is promised',
    );
    expect(finding.outcome).toBe('fail');
  });

  it('counts a record that was never acknowledged as slower than any limit', () => {
    const finding = check(baseline('due', { count: 1_970, p99: 1, p999: 1, max: 1 }));
    expect(finding.outcome).toBe('fail');
    expect(finding.because).toMatch(/30 of 2 000 records were never acknowledged in the baseline/);
  });

  it('cannot tell when the percentile of all lies between two that are known', () => {
    // 10 of 2 000 have no latency: the p99 of all is the p99.5 of the others.
    const between = check(baseline('due', { count: 1_990 }));
    expect(between.outcome).toBe('inconclusive');
    expect(between.because).toMatch(/p99 was at least 20 ms from due, with 10 records never ackn/);
    expect(check(baseline('due', { count: 1_990 }), { ...PROMISE, p99: ms(40) }).outcome).toBe(
      'pass',
    );
  });

  it('does not let a few unanswered records make a percentile coarse', () => {
    expect(check(baseline('due', { count: 1_999 })).outcome).toBe('pass');
    expect(check(baseline('due', { count: 1_997 })).outcome).toBe('inconclusive');
    const all = check(baseline('due', { count: 1_999 }), { ...PROMISE, max: ms(500) });
    expect(all.because).toMatch(/1 of 2 000 records were never acknowledged/);
  });

  it('counts slots that were dropped as never acknowledged', () => {
    const dropping = (draft: Draft): void => {
      draft.samples = draft.samples.map((row) =>
        row.series === 'dropped' && row.t <= 21_000 ? { ...row, value: 2 } : row,
      );
    };
    expect(check(dropping).because).toMatch(/^LATENCY_TOO_HIGH baseline: 160 of 2 160 records wer/);
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    [
      'the generator was itself late',
      baseline('lateness', { p99: 6 }),
      /the load generator was itself up to 6 ms late \(p99\) in the baseline window/,
    ],
    [
      'the generator did not keep up',
      (draft) => {
        draft.samples = draft.samples.map((row) =>
          row.series === 'attempted' ? { ...row, value: 10 } : row,
        );
      },
      /the load generator came to 800 of 2 000 planned records in the baseline window/,
    ],
    [
      'no latency was told',
      (draft) => {
        draft.events = draft.events.filter(({ kind }) => kind !== 'latency');
      },
      /no latency of the baseline window is known/,
    ],
    [
      'there were too few records for a percentile',
      (draft) => {
        baseline('due', { count: 50 })(draft);
        baseline('lateness', { count: 50 })(draft);
      },
      /50 records are too few for a p99 in the baseline window/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(change, { ...PROMISE, p99: ms(19) });
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('asks for at least one limit', () => {
    expect(() => latencyAtMostChecker.statement(latencyAtMost({}).params)).toThrow(
      'expected a limit: p50, p99, p999 or max',
    );
    expect(latencyAtMostChecker.statement(latencyAtMost(PROMISE).params)).toBe(
      'produce latency from due is p99 at most 25 ms in baseline',
    );
  });
});
