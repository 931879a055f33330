import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contradictionsOf, unknownOf } from './delivery.ts';
import { type DeliveryDelta, FATES, type FateDelta, mergeDeltas } from './ledger.ts';
import { rangesContain, rangesOfNumbers } from './range-set.ts';

const delta = (as: FateDelta['as'], ranges: FateDelta['ranges'], session = 'p0'): FateDelta => ({
  topic: 'orders',
  partition: 0,
  session,
  as,
  ranges,
});

describe('the ledger', () => {
  it('unites what was told of the same session, partition and fate', () => {
    const ledger = mergeDeltas([
      delta('attempted', [[0, 4]]),
      delta('attempted', [[5, 9]]),
      delta('acknowledged', [[0, 3]]),
      delta('acknowledged', [[5, 9]]),
    ]);
    expect(ledger.deliveries).toHaveLength(1);
    expect(ledger.deliveries[0]?.fates).toMatchObject({
      attempted: [[0, 9]],
      acknowledged: [
        [0, 3],
        [5, 9],
      ],
      unknown: [],
    });
  });

  it('is the same whatever the order of the deltas, and when they are told twice', () => {
    const one = fc.record({
      topic: fc.constantFrom('orders', 'other'),
      partition: fc.nat({ max: 2 }),
      session: fc.constantFrom('p0', 'p1', 'p10'),
      as: fc.constantFrom(...FATES),
      ranges: fc.array(fc.nat({ max: 30 })).map(rangesOfNumbers),
    });
    fc.assert(
      fc.property(fc.array(one), (deltas) => {
        const shuffled = [...deltas].sort((a, b) => a.ranges.length - b.ranges.length);
        const merged = mergeDeltas(deltas);
        expect(mergeDeltas([...shuffled, ...deltas].reverse())).toEqual(merged);
        for (const { ranges, as, session, topic, partition } of deltas) {
          const found = merged.deliveries.find(
            (of) => of.session === session && of.topic === topic && of.partition === partition,
          );
          for (const [first, last] of ranges) {
            expect(rangesContain(found?.fates[as] ?? [], first)).toBe(true);
            expect(rangesContain(found?.fates[as] ?? [], last)).toBe(true);
          }
        }
      }),
    );
  });

  it('sorts sessions and offsets as numbers, and keeps one of equal lines', () => {
    const stranger = (offset: string): DeliveryDelta => ({
      topic: 'orders',
      partition: 0,
      as: 'phantom',
      by: 'final-read',
      offset,
      why: 'not ours',
    });
    const ledger = mergeDeltas([
      delta('attempted', [[0, 0]], 'p10'),
      delta('attempted', [[0, 0]], 'p2'),
      stranger('10'),
      stranger('9'),
      stranger('10'),
    ]);
    expect(ledger.deliveries.map(({ session }) => session)).toEqual(['p2', 'p10']);
    expect(ledger.strangers.map(({ offset }) => offset)).toEqual(['9', '10']);
  });

  it('unites the offsets of one duplicate', () => {
    const of = { topic: 'orders', partition: 0, session: 'p0', sequence: 4 } as const;
    const ledger = mergeDeltas([
      { ...of, as: 'duplicate-offsets', offsets: ['9', '4'] },
      { ...of, as: 'duplicate-offsets', offsets: ['11', '4'] },
    ]);
    expect(ledger.duplicates).toMatchObject([{ sequence: 4, offsets: ['4', '9', '11'] }]);
  });
});

describe('a delivery', () => {
  const deliveryOf = (...deltas: FateDelta[]) => {
    const [delivery] = mergeDeltas(deltas).deliveries;
    if (delivery === undefined) throw new Error('no delivery');
    return delivery;
  };

  it('counts an attempt without completion as unknown', () => {
    const delivery = deliveryOf(
      delta('attempted', [[0, 9]]),
      delta('acknowledged', [[0, 4]]),
      delta('failed', [[5, 5]]),
      delta('unknown', [[6, 6]]),
    );
    expect(unknownOf(delivery)).toEqual([[6, 9]]);
  });

  it.each([
    [delta('failed', [[3, 3]]), '3 acknowledged and failed'],
    [delta('unknown', [[3, 4]]), '3–4 acknowledged and unknown'],
    [delta('acknowledged', [[20, 20]]), '20 acknowledged and never attempted'],
    [delta('in-log-again', [[3, 3]]), '3 in-log-again and not in-log'],
  ])('contradicts itself when told more than can be', (more, text) => {
    const ledger = mergeDeltas([
      delta('attempted', [[0, 9]]),
      delta('acknowledged', [[0, 9]]),
      more,
    ]);
    expect(contradictionsOf(ledger)).toEqual([`session p0, orders-0: ${text}`]);
  });
});
