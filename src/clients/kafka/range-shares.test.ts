import { describe, expect, it } from 'vitest';
import { rangeShares } from './range-shares.ts';

const plain = (shares: ReturnType<typeof rangeShares>) =>
  Object.fromEntries([...shares].map(([member, share]) => [member, Object.fromEntries(share)]));

describe('range assignment', () => {
  it('cuts each topic into stretches, the first ones longer by one', () => {
    const partitions = new Map([
      ['orders', [3, 1, 0, 2, 4]],
      ['payments', [0, 1]],
    ]);
    expect(plain(rangeShares(['b', 'a'], partitions))).toEqual({
      a: { orders: [0, 1, 2], payments: [0] },
      b: { orders: [3, 4], payments: [1] },
    });
  });

  it('leaves members without a share where there are more of them than partitions', () => {
    expect(plain(rangeShares(['c', 'a', 'b'], new Map([['orders', [0, 1]]])))).toEqual({
      a: { orders: [0] },
      b: { orders: [1] },
      c: {},
    });
  });
});
