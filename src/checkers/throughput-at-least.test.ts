import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../core/time.ts';
import { perSecond } from '../core/units.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Sample } from '../record/samples.ts';
import type { Finding } from './checker.ts';
import { type Draft, recordOf } from './test/a-record.ts';
import { throughputAtLeast, throughputAtLeastChecker } from './throughput-at-least.ts';

const check = (
  record: RunRecord,
  promise: Parameters<typeof throughputAtLeast>[0] = perSecond(95),
): Finding => throughputAtLeastChecker.check(record, throughputAtLeast(promise).params);
/** Changes the rows of the series that lie from one time to another. */
const rows =
  (change: Partial<Record<Sample['series'], number>>, from = 0, to = Number.POSITIVE_INFINITY) =>
  (draft: Draft): void => {
    draft.samples = draft.samples.map((row) => {
      const value = change[row.series];
      return value === undefined || row.t <= from || row.t > to ? row : { ...row, value };
    });
  };

describe('throughput-at-least', () => {
  it('passes with the rate of each window, whatever the disturbed one came to', () => {
    const finding = check(recordOf());
    expect(finding).toMatchObject({
      outcome: 'pass',
      because: 'never under 100/s where it was promised',
      measured: [
        { name: 'rate acknowledged, baseline', value: 100, bound: 'at least 95/s' },
        { name: 'rate acknowledged, recover', value: 100, bound: 'at least 95/s' },
      ],
    });
    expect(check(recordOf(), { rate: perSecond(95), during: ['disturb'] }).outcome).toBe('fail');
  });

  it('fails with the window in which fewer were acknowledged than promised', () => {
    const finding = check(recordOf(rows({ acknowledged: 20, unknown: 5 }, 37_000, 61_000)));
    expect(finding.outcome).toBe('fail');
    expect(finding.because).toMatch(
      /^THROUGHPUT_TOO_LOW recover: 80\/s were acknowledged for 24 s in the recover window \(fro/,
    );
  });

  it('counts slots that the system left no room for as its own doing', () => {
    const slow = rows({ attempted: 10, acknowledged: 10, dropped: 15 }, 1_000, 21_000);
    expect(check(recordOf(slow)).outcome).toBe('fail');
  });

  it('finds a stall in a window whose mean is good enough, when every stretch is asked for', () => {
    const stall = (draft: Draft): void => {
      rows({ acknowledged: 0 }, 10_000, 12_000)(draft);
      rows({ acknowledged: 125 }, 12_000, 12_500)(draft);
    };
    expect(check(recordOf(stall)).outcome).toBe('pass');
    const finding = check(recordOf(stall), { rate: perSecond(95), every: seconds(2) });
    expect(finding.outcome).toBe('fail');
    expect(finding.because).toMatch(/THROUGHPUT_TOO_LOW baseline: 0\/s were acknowledged for 2 s/);
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    [
      'the generator did not come to its slots',
      rows({ attempted: 15, acknowledged: 15 }),
      /the load generator came to 1 200 of 2 000 planned records in the baseline window/,
    ],
    [
      'the generator was late',
      rows({ acknowledged: 20, late: 5 }),
      /the load generator was late with 20 % of its records in the baseline window/,
    ],
    [
      'nothing was counted',
      (draft) => {
        draft.samples = draft.samples.filter(({ series }) => series !== 'acknowledged');
      },
      /too few rows of acknowledgements in the baseline window/,
    ],
    [
      'a window is missing',
      (draft) => {
        draft.events = draft.events.filter(
          (event) => event.kind !== 'window' || event.window !== 'recover',
        );
      },
      /no recover window of at least 1 s/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(recordOf(change));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('does not fail a system for load that was never planned', () => {
    const finding = check(recordOf(), perSecond(200));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/100\/s of planned load in the baseline window cannot show/);
  });

  it('asks a run without a timeline for its baseline only', () => {
    const finding = check(
      recordOf((draft) => {
        draft.plan = { ...draft.plan, timeline: [] };
      }),
    );
    expect(finding.outcome).toBe('pass');
    expect(finding.measured).toHaveLength(1);
  });

  it('says what is wrong with its parameters', () => {
    const statement = (params: object) => throughputAtLeastChecker.statement(params as never);
    expect(() => statement({ perSecond: 0, during: ['baseline'] })).toThrow(
      'parameter perSecond: expected more than 0, got 0',
    );
    expect(() => statement({ perSecond: 1, during: ['warm-up'] })).toThrow(
      'parameter during: expected windows (baseline, disturb, recover), got ["warm-up"]',
    );
    expect(statement(throughputAtLeast({ rate: perSecond(9), every: ms(500) }).params)).toBe(
      'at least 9/s are acknowledged in baseline, recover, in every 500 ms',
    );
  });
});
