import { describe, expect, it } from 'vitest';
import { GroupView } from './group-view.ts';

const OF = { topic: 'orders', partition: 0 };
const consumed = (first: number, last: number, session = 'p0') => ({
  ...OF,
  session,
  as: 'consumed' as const,
  ranges: [[first, last] as const],
});

describe('what a group as a whole was given', () => {
  it('is what its members were given, as long as no two were given the same', () => {
    const group = new GroupView();
    expect(group.deltas([consumed(0, 9)])).toEqual([consumed(0, 9)]);
    expect(group.deltas([consumed(10, 19)])).toEqual([consumed(10, 19)]);
    expect(group.fresh(OF, 20)).toBe(20);
  });

  it('is given again what the owner before had not committed, whoever tells first', () => {
    const group = new GroupView();
    group.deltas([consumed(0, 9)]);
    expect(group.deltas([consumed(7, 12)])).toEqual([
      consumed(10, 12),
      { ...consumed(7, 9), as: 'consumed-again' },
    ]);
    expect(group.deltas([consumed(8, 9)])).toEqual([{ ...consumed(8, 9), as: 'consumed-again' }]);
  });

  it('counts each record once, also when counts come before or after the deltas', () => {
    const group = new GroupView();
    group.deltas([consumed(0, 9)]);
    expect(group.fresh(OF, 10)).toBe(10);
    group.deltas([consumed(5, 12)]);
    expect(group.fresh(OF, 3)).toBe(0);
    expect(group.fresh(OF, 5)).toBe(3);
    expect(group.fresh(OF, 4)).toBe(4);
  });

  it('keeps producer sessions and partitions apart', () => {
    const group = new GroupView();
    group.deltas([consumed(0, 9)]);
    expect(group.deltas([consumed(0, 9, 'p1')])).toEqual([consumed(0, 9, 'p1')]);
    const other = { ...consumed(0, 9), partition: 1 };
    expect(group.deltas([other])).toEqual([other]);
  });
});
