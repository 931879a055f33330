import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBefore, dealOf, laneOf, nthSlot } from './deal.ts';

const stage = (fromRate: number, toRate: number) => ({ fromRate, toRate, forMs: 1_000 });

describe('dealing', () => {
  it('goes in rows of what is due in 8 ms at the highest rate of a worker', () => {
    expect(dealOf([stage(2_000, 2_000)], 6, 1)).toEqual({ lanes: 6, row: 16 });
    expect(dealOf([stage(100, 2_000), stage(50, 50)], 6, 2)).toEqual({ lanes: 6, row: 8 });
    expect(dealOf([stage(100, 100)], 6, 1)).toEqual({ lanes: 6, row: 1 });
    expect(dealOf([], 6, 1)).toEqual({ lanes: 6, row: 1 });
  });

  it('goes in shorter rows over many lanes, so that each has its turn every 50 ms', () => {
    expect(dealOf([stage(2_000, 2_000)], 50, 1)).toEqual({ lanes: 50, row: 2 });
    expect(dealOf([stage(2_000, 2_000)], 1_000, 1)).toEqual({ lanes: 1_000, row: 1 });
  });

  it('gives each lane its row in turn', () => {
    const deal = { lanes: 3, row: 2 };
    expect(Array.from({ length: 10 }, (_, slot) => laneOf(deal, slot))).toEqual([
      0, 0, 1, 1, 2, 2, 0, 0, 1, 1,
    ]);
  });

  it('finds back every slot of a lane by its number there', () => {
    const deals = fc.record({
      lanes: fc.integer({ min: 1, max: 9 }),
      row: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(deals, fc.nat(500), (deal, slots) => {
        const seen = Array.from({ length: deal.lanes }, () => 0);
        for (let slot = 0; slot < slots; slot += 1) {
          const lane = laneOf(deal, slot);
          expect(countBefore(deal, lane, slot)).toBe(seen[lane]);
          expect(nthSlot(deal, lane, seen[lane] as number)).toBe(slot);
          seen[lane] = (seen[lane] as number) + 1;
        }
        expect(seen.map((_, lane) => countBefore(deal, lane, slots))).toEqual(seen);
      }),
    );
  });
});
