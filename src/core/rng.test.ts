import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rngOf } from './rng.ts';

const draw = (seed: string, count: number): number[] => {
  const rng = rngOf(seed);
  return Array.from({ length: count }, () => rng.next());
};

describe('rngOf', () => {
  it('gives the same numbers for the same seed, also tomorrow', () => {
    // Written down once: a plan that is replayed from its seed depends on them.
    expect(draw('highwater', 3)).toMatchInlineSnapshot(`
      [
        0.4711474934592843,
        0.029474897542968392,
        0.1813667630776763,
      ]
    `);
    expect(draw('1', 20)).not.toEqual(draw('2', 20));
  });

  it('gives a fork the same stream whatever its parent has drawn', () => {
    const fresh = rngOf('s').fork('faults').next();
    const used = rngOf('s');
    used.next();
    used.fork('load').next();
    expect(used.fork('faults').next()).toBe(fresh);
    expect(used.fork('load').next()).not.toBe(fresh);
  });

  it('draws integers below the limit, each about as often', () => {
    const rng = rngOf('even');
    const seen = Array.from({ length: 10 }, () => 0);
    for (let draws = 0; draws < 10_000; draws += 1) {
      const drawn = rng.below(10);
      seen[drawn] = (seen[drawn] ?? 0) + 1;
    }
    expect(seen).toHaveLength(10);
    expect(Math.min(...seen)).toBeGreaterThan(850);
    expect(Math.max(...seen)).toBeLessThan(1_150);
  });

  it('stays within bounds and picks only what is there, for any seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer(), { minLength: 1 }), (seed, things) => {
        const rng = rngOf(seed);
        const next = rng.next();
        return next >= 0 && next < 1 && things.includes(rng.pick(things));
      }),
    );
  });

  it('refuses to pick one of no things', () => {
    expect(() => rngOf('s').pick([])).toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: bug in highwater: picked one of no things]`,
    );
  });
});
