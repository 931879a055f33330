import { describe, expect, it } from 'vitest';
import { exampleRun } from '../example/example-run.ts';
import { lagChart } from './line-charts.ts';

const { record } = exampleRun('pass');
const FRAME = { from: 0, to: 70_000, baseline: 13_200 };
const OPEN = 'in open transactions, at most';

describe('lagChart', () => {
  it('has a line of what is in open transactions, where there are any', () => {
    const labels = (value: number): readonly string[] => {
      const row = { t: 20_000, series: 'open-transactions', of: 'orders-0', value } as const;
      return lagChart([...record.samples, row], FRAME).series.map(({ label }) => label);
    };
    expect(labels(0)).not.toContain(OPEN);
    expect(labels(7)).toContain(OPEN);
  });
});
