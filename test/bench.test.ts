import { describe, expect, it } from 'vitest';
import { bestOf, type Figure, median, p99, ratioOf, showFigures } from '../scripts/bench/figure.ts';
import { judgingFigures } from '../scripts/bench/judging.ts';
import { loadFigures } from '../scripts/bench/load.ts';

const FIGURE: Figure = {
  part: 'judging',
  what: 'reading a run',
  value: 123.456,
  unit: 'ms',
  against: { what: 'JSON.parse of the same lines', value: 50 },
};

describe('npm run bench', () => {
  it('tells a figure as a multiple of what it is held against', () => {
    expect(ratioOf(FIGURE)).toBeCloseTo(2.469, 3);
    expect(showFigures([FIGURE])).toBe(
      'judging  reading a run  123 ms  2.47 ×  JSON.parse of the same lines (50 ms)\n',
    );
  });

  it('takes the middle, the quickest, and what 99 of 100 are below', async () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(p99(Array.from({ length: 1_000 }, (_, index) => index))).toBe(990);
    let turns = 0;
    expect(
      await bestOf(3, () => {
        turns += 1;
      }),
    ).toBeLessThan(1_000);
    expect(turns).toBe(3);
  });

  it('measures a small record and a short load, and every figure is a number', async () => {
    const figures = [
      ...(await judgingFigures(new Set(['judging', 'report']), { deltas: 240, samples: 120 })),
      ...(await loadFigures({ forMs: 300, bare: 1_000 })),
    ];
    expect(figures.map(({ part }) => part)).toEqual([
      ...['judging', 'judging', 'report'],
      ...['load', 'load'],
    ]);
    for (const figure of figures) {
      expect(figure.value, figure.what).toBeGreaterThan(0);
      expect(Number.isFinite(ratioOf(figure)), figure.what).toBe(true);
    }
  });
});
