import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../core/time.ts';
import type { Finding } from './checker.ts';
import { type LagPromise, lagBelow, lagBelowChecker } from './lag-below.ts';
import { type Draft, recordOf } from './test/a-record.ts';

const check = (promise: LagPromise, change: (draft: Draft) => void = () => {}): Finding =>
  lagBelowChecker.check(recordOf(change), lagBelow(promise).params);
/** From one time to another orders-0 stands still: its commit does not move and lag grows. */
const still =
  (from: number, to: number) =>
  (draft: Draft): void => {
    const rows = draft.samples.filter(
      ({ of, series }) => of === 'orders-0' && series === 'committed',
    );
    const at = rows.find(({ t }) => t >= from)?.value ?? 0;
    draft.samples = draft.samples.map((row) => {
      if (row.of !== 'orders-0' || row.t < from || row.t > to) return row;
      if (row.series === 'committed') return { ...row, value: at };
      if (row.series !== 'lag') return row;
      const committed = rows.find(({ t }) => t === row.t)?.value ?? at;
      return { ...row, value: row.value + committed - at };
    });
  };

describe('lag-below', () => {
  it('passes when every sample is within it, in records and in time', () => {
    const finding = check({ records: 10, age: ms(500) });
    expect(finding).toMatchObject({
      outcome: 'pass',
      because: '2 partitions were within it in baseline, recover',
      measured: [
        { name: 'largest lag', value: 10, bound: 'at most 10' },
        { name: 'oldest record not committed, at least', value: 0, bound: 'at most 500 ms' },
      ],
    });
  });

  it('fails with the worst moment of a partition, and whether the group is stuck there', () => {
    const finding = check({ age: seconds(2) }, still(40_000, 50_000));
    expect(finding).toMatchObject({
      outcome: 'fail',
      anomalies: [{ code: 'LAG_TOO_HIGH', where: 'orders-0' }],
    });
    expect(finding.because).toMatch(
      /behind in the recover window, 13 s after its beginning, in 1\d of/,
    );
    expect(finding.because).toMatch(/stuck: its committed offset has not moved for/);
  });

  it('lets a group catch up for as long as it is given', () => {
    const paused = still(36_000, 44_000);
    expect(check({ records: 200 }, paused).outcome).toBe('fail');
    expect(check({ records: 200, after: seconds(8) }, paused).outcome).toBe('pass');
  });

  it('judges the partitions that it is told to', () => {
    const promise = { records: 20, of: ['orders-1'] };
    expect(check(promise, still(40_000, 50_000)).outcome).toBe('pass');
    expect(check({ ...promise, of: ['orders-9'] }).because).toMatch(/no partition orders-9/);
  });

  it.each<[string, LagPromise, (draft: Draft) => void, RegExp]>([
    [
      'nobody looked for a while',
      { records: 50 },
      (draft) => {
        draft.samples = draft.samples.filter(
          ({ series, t }) => series !== 'lag' || t < 45_000 || t > 55_000,
        );
      },
      /orders-0: blind: nobody looked for .* in the recover window/,
    ],
    [
      'a record may be too old or not',
      { age: ms(400) },
      () => {},
      /orders-0: between 0 ms and more than is promised behind in the baseline window/,
    ],
    [
      'nothing of a window is left',
      { records: 50, after: seconds(30) },
      () => {},
      /nothing of the time that is judged is left in the baseline window/,
    ],
  ])('is inconclusive when %s', (_, promise, change, because) => {
    const finding = check(promise, change);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('says what it promises, and what is wrong with that', () => {
    const told = lagBelow({
      records: 1_000,
      age: seconds(2),
      during: ['recover'],
      after: seconds(9),
    });
    expect(lagBelowChecker.statement(told.params)).toBe(
      'the consumer group is at most 1 000 records and 2 s behind in recover from 9 s after its ' +
        'beginning',
    );
    expect(() => lagBelowChecker.statement(lagBelow({}).params)).toThrow('expected a limit');
    expect(() => lagBelowChecker.statement(lagBelow({ records: -1 }).params)).toThrow(
      'parameter records: expected a whole number from 0, got -1',
    );
  });
});
