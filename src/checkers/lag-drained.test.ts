import { describe, expect, it } from 'vitest';
import { seconds } from '../core/time.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Sample } from '../record/samples.ts';
import type { Finding } from './checker.ts';
import { lagDrained, lagDrainedChecker } from './lag-drained.ts';
import { AT, type Draft, recordOf } from './test/a-record.ts';

const check = (record: RunRecord, within = seconds(5)): Finding =>
  lagDrainedChecker.check(record, lagDrained({ within }).params);
const lagOf0 =
  (change: (row: Sample) => Sample | undefined) =>
  (draft: Draft): void => {
    draft.samples = draft.samples.flatMap((row) =>
      row.series === 'lag' && row.of === 'orders-0' && row.t >= AT.loadEnd
        ? (change(row) ?? [])
        : [row],
    );
  };

describe('lag-drained', () => {
  it('passes with the time at which the slowest partition had no lag left', () => {
    expect(check(recordOf())).toMatchObject({
      outcome: 'pass',
      because: 'the lag of 2 partitions was gone after 1.5 s',
      measured: [
        { name: 'lag gone after', value: 1_500, bound: 'at most 5 s' },
        { name: 'lag as before the fault, after the heal', value: 0 },
      ],
    });
  });

  it('fails with the name of a partition that is stuck, however little its lag', () => {
    const finding = check(recordOf(lagOf0((row) => ({ ...row, value: 1 }))));
    expect(finding).toMatchObject({
      outcome: 'fail',
      anomalies: [
        {
          code: 'LAG_NOT_DRAINED',
          where: 'orders-0',
          text: expect.stringMatching(
            /^still 1 behind 9 s after the load ended and all was healed; stuck/,
          ),
        },
      ],
    });
  });

  it('fails when the lag was gone too late', () => {
    const finding = check(
      recordOf(lagOf0((row) => ({ ...row, value: row.t < AT.loadEnd + 6_000 ? 5 : 0 }))),
    );
    expect(finding.because).toBe(
      'LAG_NOT_DRAINED orders-0: drained after 6 s, at most 5 s is promised',
    );
  });

  it('does not take a moment without lag for drained', () => {
    const finding = check(
      recordOf(lagOf0((row) => ({ ...row, value: row.t % 1_500 === 0 ? 0 : 4 }))),
    );
    expect(finding.outcome).not.toBe('pass');
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    [
      'a partition has no sample',
      lagOf0(() => undefined),
      /orders-0: blind, it has no sample of lag/,
    ],
    [
      'the samples end before the limit',
      lagOf0((row) => (row.t > AT.loadEnd + 2_000 ? undefined : { ...row, value: 7 })),
      /orders-0: its lag was not looked at long enough \(last seen 7, 2 s after the start\)/,
    ],
    ['a lag is negative', lagOf0((row) => ({ ...row, value: -1 })), /orders-0 has a negative lag/],
    [
      'a fault was not seen to be healed',
      (draft) => {
        draft.events = draft.events.filter(
          (event) => event.kind !== 'fault' || event.act !== 'confirm-heal',
        );
      },
      /not every fault was seen to be healed/,
    ],
    [
      'the load did not end',
      (draft) => {
        draft.events = draft.events.filter(
          (event) => !(event.kind === 'window' && event.state === 'end') && event.kind !== 'phase',
        );
      },
      /the load did not end/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(recordOf(change));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('counts from the heal when that came after the load', () => {
    const finding = check(
      recordOf((draft) => {
        draft.events = draft.events.map((event) =>
          event.kind === 'fault' && event.act === 'confirm-heal' ? { ...event, t: 62_000 } : event,
        );
      }),
    );
    expect(finding.measured[0]).toMatchObject({ name: 'lag gone after', value: 500 });
  });

  it('says what is wrong with its parameter', () => {
    expect(() => lagDrainedChecker.check(recordOf(), { withinMs: -1 })).toThrow(
      'parameter withinMs: expected milliseconds from 0, got -1',
    );
  });
});

describe('lag-drained, on what a lag comes to', () => {
  const stuckAt = (lag: number) => (draft: Draft) => {
    draft.samples = draft.samples.map((row) => {
      if (row.of !== 'orders-0' || row.t < AT.loadEnd) return row;
      if (row.series === 'lag') return { ...row, value: lag };
      return row.series === 'committed' ? { ...row, value: 3_000 - lag } : row;
    });
  };

  it('says that a group is stuck, and since when', () => {
    expect(check(recordOf(stuckAt(4))).because).toMatch(
      /still 4 behind 9 s after .*; stuck: its committed offset has not moved for 9 s$/,
    );
  });

  it('says how much of a lag is in open transactions, and counts to the last stable offset', () => {
    const open = (draft: Draft): void => {
      stuckAt(4)(draft);
      for (let t = AT.loadEnd + 500; t <= AT.end; t += 500) {
        for (const of of ['orders-0', 'orders-1']) {
          draft.samples.push({ t, series: 'open-transactions', of, value: 4 });
          draft.samples.push({ t, series: 'lag.stable', of, value: 0 });
        }
      }
    };
    expect(check(recordOf(open)).because).toMatch(/, 4 of it in open transactions$/);
    const stable = lagDrained({ within: seconds(5), to: 'last-stable' });
    expect(lagDrainedChecker.check(recordOf(open), stable.params).outcome).toBe('pass');
    expect(lagDrainedChecker.statement(stable.params)).toMatch(/, counted to the last stable offs/);
  });

  it('tells a partition without a commit from one that nobody looked at', () => {
    const finding = check(
      recordOf((draft) => {
        lagOf0(() => undefined)(draft);
        draft.samples.push({
          t: AT.end,
          series: 'open-transactions',
          of: 'orders-0',
          value: 0,
        });
      }),
    );
    expect(finding.because).toMatch(/orders-0: blind, the group has no commit there to count lag/);
    expect(finding.outcome).toBe('inconclusive');
  });

  it('counts from the end of a planned change, and is inconclusive when it has none', () => {
    const change = { kind: 'change', step: 'change-1', change: 'reassign', nodes: [] } as const;
    const begun = (draft: Draft): void => {
      draft.events.push({ t: 59_000, ...change, act: 'begin', took: true, seen: '' });
    };
    expect(check(recordOf(begun)).because).toMatch(/a planned change came to no end/);
    const done = (draft: Draft): void => {
      begun(draft);
      draft.events.push({ t: 62_000, ...change, act: 'end', took: true, seen: '' });
    };
    expect(check(recordOf(done)).measured[0]).toMatchObject({ value: 500 });
  });
});
