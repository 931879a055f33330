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
          text: 'still 1 behind 9 s after the load ended and all was healed; behind: its committed offset moves',
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
