import { describe, expect, it } from 'vitest';
import { axisOf, gridOver, onAxis, peaksOn, ratesOn } from './grid.ts';

const counted = (from: number, to: number, count: number) => ({ of: 'orders-0', from, to, count });

describe('gridOver', () => {
  it('takes buckets of a second for a short run and never more than 600', () => {
    expect(gridOver(8_200, 73_200)).toMatchObject({ step: 1_000, buckets: 65 });
    expect(gridOver(0, 3_600_000)).toMatchObject({ step: 10_000, buckets: 360 });
    expect(gridOver(0, 30 * 24 * 3_600_000).buckets).toBeLessThanOrEqual(600);
  });

  it('is never finer than what was looked at', () => {
    expect(gridOver(0, 60_000, 4_000).step).toBe(5_000);
  });
});

describe('ratesOn', () => {
  const grid = gridOver(0, 4_000);

  it('spreads a row over the time that it covers and loses nothing', () => {
    const rates = ratesOn(grid, [counted(500, 1_500, 100), counted(1_500, 4_500, 300)]);
    expect(rates.map(Math.round)).toEqual([50, 100, 100, 100]);
  });

  it('adds up subjects, and rows of two workers at the same time', () => {
    const rates = ratesOn(grid, [
      counted(0, 1_000, 10),
      counted(0, 1_000, 20),
      counted(1_000, 1_000, 5),
    ]);
    expect(Math.round(rates.reduce((sum, rate) => sum + rate, 0))).toBe(35);
  });

  it('counts a second by the part of the last bucket that is in the run', () => {
    expect(ratesOn(gridOver(0, 1_500), [counted(1_000, 1_500, 50)])).toEqual([0, 100]);
  });
});

describe('peaksOn', () => {
  it('keeps the largest value, and leaves a bucket empty in which nothing was looked at', () => {
    const row = (t: number, value: number) => ({
      t,
      series: 'lag' as const,
      of: 'orders-0',
      value,
    });
    expect(peaksOn(gridOver(0, 3_000), [row(100, 3), row(900, 7), row(2_500, 0)])).toEqual([
      7,
      null,
      0,
    ]);
  });
});

describe('axisOf', () => {
  it('begins and ends with the grid, as the values do', () => {
    const grid = gridOver(8_200, 10_200);
    expect(axisOf(grid)).toEqual([8.2, 8.7, 9.7, 10.2]);
    expect(onAxis([1.23456, null])).toEqual([null, 1.235, null, null]);
  });
});
