import { describe, expect, it } from 'vitest';
import { columnsIn, cutTo } from './columns.ts';

describe('cutTo', () => {
  it('leaves what fits and shows where it cut', () => {
    expect(cutTo('orders-0', 8)).toBe('orders-0');
    expect(cutTo('orders-0', 7)).toBe('orders…');
  });

  it('counts wide characters as two columns and never splits one', () => {
    expect(columnsIn('注文 ▸ 🙂')).toBe(9);
    expect(cutTo('注文🙂', 5)).toBe('注文…');
    expect(cutTo('注文🙂', 4)).toBe('注…');
  });
});
