import { describe, expect, it } from 'vitest';
import { shareOut } from './assignors.ts';
import type { SimPartition } from './partition.ts';

const partition = (topic: string, number: number): SimPartition =>
  ({ topic, partition: number, name: `${topic}-${number}` }) as unknown as SimPartition;
const ORDERS = [0, 1, 2, 3, 4].map((number) => partition('orders', number));
const AUDIT = [0, 1].map((number) => partition('audit', number));
const nobody = { topics: ['orders', 'audit'], had: [] };
const names = (shares: readonly (readonly SimPartition[])[]): string[] =>
  shares.map((share) => share.map(({ name }) => name).join(' '));

describe('assignors', () => {
  it('cut each topic into ranges', () => {
    expect(names(shareOut('range', [nobody, nobody], [...ORDERS, ...AUDIT]))).toEqual([
      'orders-0 orders-1 orders-2 audit-0',
      'orders-3 orders-4 audit-1',
    ]);
  });

  it('go round', () => {
    expect(names(shareOut('round-robin', [nobody, nobody], ORDERS))).toEqual([
      'orders-0 orders-2 orders-4',
      'orders-1 orders-3',
    ]);
  });

  it('leave everybody as much of what they had as is fair', () => {
    const had = { topics: ['orders'], had: ORDERS };
    expect(names(shareOut('cooperative-sticky', [nobody, had], ORDERS))).toEqual([
      'orders-3 orders-4',
      'orders-0 orders-1 orders-2',
    ]);
    const [one, two] = shareOut('uniform', [nobody, nobody], ORDERS);
    const again = shareOut(
      'uniform',
      [
        { topics: [], had: two ?? [] },
        { topics: [], had: one ?? [] },
      ],
      ORDERS,
    );
    expect(again).toEqual([two, one]);
  });
});
