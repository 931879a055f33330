import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRange,
  countRanges,
  intersectRanges,
  isCanonical,
  numbersOf,
  RangeSet,
  rangesContain,
  rangesOfNumbers,
  showRanges,
  subtractRanges,
  unionRanges,
} from './range-set.ts';

const numbers = fc.array(fc.nat({ max: 60 }), { maxLength: 50 });
const sorted = (set: Iterable<number>): number[] => [...set].sort((a, b) => a - b);

describe('ranges', () => {
  it('hold the same numbers as a Set, in the canonical form', () => {
    fc.assert(
      fc.property(numbers, (given) => {
        const ranges = rangesOfNumbers(given);
        const set = new Set(given);
        expect(isCanonical(ranges)).toBe(true);
        expect([...numbersOf(ranges)]).toEqual(sorted(set));
        expect(countRanges(ranges)).toBe(set.size);
        for (let number = 0; number <= 61; number += 1) {
          expect(rangesContain(ranges, number)).toBe(set.has(number));
        }
      }),
    );
  });

  it('unite, subtract and intersect as Sets do', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [left, right] = [rangesOfNumbers(a), rangesOfNumbers(b)];
        const rightSet = new Set(b);
        const cases = [
          [unionRanges(left, right), new Set([...a, ...b])],
          [subtractRanges(left, right), new Set(a.filter((number) => !rightSet.has(number)))],
          [intersectRanges(left, right), new Set(a.filter((number) => rightSet.has(number)))],
        ] as const;
        for (const [ranges, set] of cases) {
          expect(isCanonical(ranges)).toBe(true);
          expect([...numbersOf(ranges)]).toEqual(sorted(set));
        }
      }),
    );
  });

  it('grow by runs that overlap, touch or lie apart', () => {
    expect(addRange([[0, 3]], 4, 6)).toEqual([[0, 6]]);
    expect(addRange([[5, 9]], 0, 3)).toEqual([
      [0, 3],
      [5, 9],
    ]);
    expect(addRange([[0, 9]], 2, 4)).toEqual([[0, 9]]);
    expect(addRange([[0, 9]], 20, 19)).toEqual([[0, 9]]);
  });

  it('are told to people in few words', () => {
    expect(showRanges([])).toBe('none');
    expect(
      showRanges([
        [0, 9],
        [12, 12],
      ]),
    ).toBe('0–9, 12');
    expect(
      showRanges(
        [
          [0, 0],
          [2, 2],
          [4, 4],
        ],
        2,
      ),
    ).toBe('0, 2, … (+ 1 runs)');
  });
});

describe('RangeSet', () => {
  it('takes runs in any order and tells what a Set would hold', () => {
    const runs = fc.array(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 5 })), { maxLength: 60 });
    fc.assert(
      fc.property(runs, fc.nat({ max: 60 }), (given, lookAfter) => {
        const built = new RangeSet();
        const set = new Set<number>();
        given.forEach(([first, more], index) => {
          built.add(first, first + more);
          for (let number = first; number <= first + more; number += 1) set.add(number);
          if (index === lookAfter) expect(built.has(first)).toBe(true);
        });
        expect(isCanonical(built.ranges())).toBe(true);
        expect([...numbersOf(built.ranges())]).toEqual(sorted(set));
      }),
    );
  });

  it('is empty after a drain', () => {
    const set = new RangeSet().add(3).add(1);
    expect(set.drain()).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(set.isEmpty).toBe(true);
    expect(set.ranges()).toEqual([]);
  });

  it('takes a million increasing numbers as one run', () => {
    const set = new RangeSet();
    for (let number = 0; number < 1_000_000; number += 1) set.add(number);
    expect(set.ranges()).toEqual([[0, 999_999]]);
  });

  it('takes numbers that only decrease without hoarding them', () => {
    const set = new RangeSet();
    for (let number = 200_000; number >= 0; number -= 2) set.add(number);
    expect(set.ranges()).toHaveLength(100_001);
  });
});
