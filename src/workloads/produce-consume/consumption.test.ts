import { describe, expect, it } from 'vitest';
import { Consumption } from './consumption.ts';
import { damaged, readerOf, valueOf } from './testing/batches.ts';

const OF = { topic: 'orders', partition: 0 };
const newConsumption = (): Consumption => new Consumption(OF, readerOf());
const records = (...rows: readonly (readonly [offset: number, value: Uint8Array | null])[]) =>
  rows.map(([offset, value]) => ({ offset: BigInt(offset), value }));
const fate = (as: string, ...ranges: readonly (readonly [number, number])[]) => ({
  ...OF,
  session: 'p0',
  as,
  ranges,
});

describe('Consumption', () => {
  it('tells what was consumed, once', () => {
    const consumption = newConsumption();
    expect(consumption.take(records([0, valueOf(0)], [1, valueOf(1)]))).toBe(2);
    expect(consumption.drain()).toEqual([fate('consumed', [0, 1])]);
    expect(consumption.drain()).toEqual([]);
  });

  it('tells the same offset again as a redelivery and not as new', () => {
    const consumption = newConsumption();
    consumption.take(records([0, valueOf(0)], [1, valueOf(1)], [2, valueOf(2)]));
    consumption.drain();
    expect(consumption.take(records([1, valueOf(1)], [2, valueOf(2)], [3, valueOf(3)]))).toBe(1);
    expect(consumption.drain()).toEqual([fate('consumed', [3, 3]), fate('consumed-again', [1, 2])]);
  });

  it('does not take a duplicate in the log for a redelivery', () => {
    const consumption = newConsumption();
    consumption.take(records([0, valueOf(0)], [1, valueOf(1)], [2, valueOf(0)]));
    expect(consumption.drain()).toEqual([fate('consumed', [0, 1])]);
  });

  it('does not take a skipped offset that comes later for a redelivery', () => {
    const consumption = newConsumption();
    consumption.take(records([0, valueOf(0)]));
    consumption.take(records([2, valueOf(2)]));
    consumption.drain();
    consumption.take(records([1, valueOf(1)]));
    expect(consumption.drain()).toEqual([
      fate('consumed', [1, 1]),
      fate('consumed-out-of-order', [1, 1]),
    ]);
  });

  it('looks at order anew when its group was joined anew', () => {
    const consumption = newConsumption();
    consumption.take(records([0, valueOf(0)]));
    consumption.take(records([9, valueOf(9)]));
    consumption.drain();
    // Another member had it meanwhile and committed up to 4; what it was given is new here.
    consumption.assignedAnew();
    consumption.take(records([5, valueOf(5)], [6, valueOf(6)]));
    consumption.take(records([9, valueOf(9)]));
    expect(consumption.drain()).toEqual([fate('consumed', [5, 6]), fate('consumed-again', [9, 9])]);
    consumption.take(records([7, valueOf(7)]));
    expect(consumption.drain()).toEqual([
      fate('consumed', [7, 7]),
      fate('consumed-out-of-order', [7, 7]),
    ]);
  });

  it('knows a record of another topic, though its partition has the same number', () => {
    const consumption = newConsumption();
    consumption.take(records([0, valueOf(0, { topic: 'payments' })]));
    expect(consumption.drain()).toMatchObject([
      { as: 'misplaced', why: 'record 0 of session p0 was sent to payments-0' },
    ]);
  });

  it('tells strangers once, however often they come', () => {
    const consumption = newConsumption();
    const rows = records(
      [0, Buffer.from('boo')],
      [1, damaged(valueOf(1))],
      [2, valueOf(0, { partition: 5 })],
    );
    consumption.take(rows);
    consumption.take(rows);
    expect(consumption.drain()).toMatchObject([
      { as: 'phantom', by: 'consumer', offset: '0' },
      { as: 'corrupt', by: 'consumer', offset: '1' },
      { as: 'misplaced', by: 'consumer', offset: '2' },
    ]);
  });
});
