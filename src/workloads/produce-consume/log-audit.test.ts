import { describe, expect, it } from 'vitest';
import type { ReadBatch } from '../../clients/kafka/port.ts';
import type { DeliveryDelta } from '../../record/ledger.ts';
import { LogAudit, WITNESSES_MAX } from './log-audit.ts';
import { STRANGERS_MAX } from './strangers.ts';
import { batchOf, damaged, readerOf, valueOf } from './testing/batches.ts';

const OF = { topic: 'orders', partition: 0 };

function audit(batches: readonly ReadBatch[], attempted: Record<string, number> = { p0: 99 }) {
  const it = new LogAudit({
    of: OF,
    values: readerOf(),
    attempted: new Map(Object.entries(attempted)),
  });
  for (const batch of batches) it.take(batch, 0n, 1_000_000n);
  return { deltas: it.deltas(), records: it.records, trouble: it.trouble };
}

const log = (...sequences: readonly number[]): ReadBatch =>
  batchOf(
    0,
    sequences.map((sequence) => valueOf(sequence)),
  );

const is = (delta: Partial<DeliveryDelta>): unknown => ({ ...OF, ...delta });

describe('LogAudit', () => {
  it('finds every record of every session once', () => {
    const values = [valueOf(0), valueOf(0, { session: 'p1' }), valueOf(1), valueOf(2)];
    expect(audit([batchOf(0, values)], { p0: 2, p1: 0 })).toEqual({
      deltas: [
        is({ session: 'p0', as: 'in-log', ranges: [[0, 2]] }),
        is({ session: 'p1', as: 'in-log', ranges: [[0, 0]] }),
      ],
      records: 4,
      trouble: null,
    });
  });

  it('leaves out what is not there', () => {
    expect(audit([log(0, 1, 4)]).deltas).toEqual([
      is({
        session: 'p0',
        as: 'in-log',
        ranges: [
          [0, 1],
          [4, 4],
        ],
      }),
    ]);
  });

  it('tells a duplicate with all its offsets, and takes no copy for out of order', () => {
    const { deltas } = audit([log(0, 1, 2), batchOf(7, [valueOf(1), valueOf(3), valueOf(1)])]);
    expect(deltas).toEqual([
      is({ session: 'p0', as: 'in-log', ranges: [[0, 3]] }),
      is({ session: 'p0', as: 'in-log-again', ranges: [[1, 1]] }),
      is({ session: 'p0', as: 'duplicate-offsets', sequence: 1, offsets: ['1', '7', '9'] }),
    ]);
  });

  it('tells a record behind a higher one, with that one', () => {
    expect(audit([log(0, 3, 1, 2, 4)]).deltas).toEqual([
      is({ session: 'p0', as: 'in-log', ranges: [[0, 4]] }),
      is({ session: 'p0', as: 'in-log-out-of-order', ranges: [[1, 2]] }),
      is({ session: 'p0', as: 'overtaken', sequence: 1, by: 3 }),
      is({ session: 'p0', as: 'overtaken', sequence: 2, by: 3 }),
    ]);
  });

  it('keeps the order of each session for itself', () => {
    const values = [5, 6].flatMap((n) => [valueOf(n), valueOf(n - 5, { session: 'p1' })]);
    const { deltas } = audit([batchOf(0, values)], { p0: 6, p1: 1 });
    expect(deltas.map(({ as }) => as)).toEqual(['in-log', 'in-log']);
  });

  it('tells phantoms: beyond what was attempted, of no session, of another run, of nobody', () => {
    const values = [
      valueOf(10),
      valueOf(0, { session: 'p9' }),
      valueOf(1, { run: 'another' }),
      Buffer.from('boo'),
      null,
    ];
    const { deltas } = audit([batchOf(100, values)], { p0: 9 });
    expect(deltas).toEqual(
      [
        ['100', 'record 10 of session p0, which attempted no more than 9'],
        ['101', 'record 0 of session p9: no such session sent here'],
        ['102', 'a value of another run: record 1 of session p0 for orders-0'],
        ['103', 'not a value of highwater: 3 bytes, "boo"'],
        ['104', 'a record without a value'],
      ].map(([offset, why]) => ({ ...OF, as: 'phantom', by: 'final-read', offset, why })),
    );
  });

  it('tells a record of another partition as misplaced only', () => {
    expect(audit([batchOf(3, [valueOf(1, { partition: 4 })])]).deltas).toEqual([
      {
        ...OF,
        as: 'misplaced',
        by: 'final-read',
        offset: '3',
        why: 'record 1 of session p0 was sent to orders-4, found in orders-0',
      },
    ]);
  });

  it('tells a damaged record as corrupt and not as lost, as long as it says which one it was', () => {
    const values = [valueOf(0), damaged(valueOf(1)), damaged(valueOf(2), 26)];
    expect(audit([batchOf(0, values)]).deltas).toEqual([
      expect.objectContaining({ as: 'corrupt', offset: '1' }),
      expect.objectContaining({ as: 'corrupt', offset: '2' }),
      is({ session: 'p0', as: 'in-log', ranges: [[0, 2]] }),
    ]);
  });

  it('tells a batch with a wrong CRC as corrupt, and that its records are not known', () => {
    const { deltas, trouble } = audit([
      log(0),
      batchOf(1, [], { crcOk: false, records: null, lastOffset: 3n }),
    ]);
    expect(deltas[0]).toEqual({
      ...OF,
      as: 'corrupt',
      by: 'final-read',
      offset: '1',
      why: 'batch 1–3 fails its CRC32C',
    });
    expect(trouble).toBe('batch 1–3 fails its CRC32C, its records cannot be read');
  });

  it('does not take a batch that cannot be decompressed for an empty one', () => {
    const { trouble } = audit([batchOf(1, [], { codec: 'lz4', records: null, lastOffset: 3n })]);
    expect(trouble).toBe('batch 1–3 is in lz4, which cannot be read here');
  });

  it('looks at no control record and at nothing outside of what is asked for', () => {
    const it = new LogAudit({
      of: OF,
      values: readerOf(),
      attempted: new Map([['p0', 9]]),
    });
    it.take(batchOf(0, [valueOf(0), valueOf(1), valueOf(2), valueOf(3)]), 1n, 3n);
    it.take(batchOf(4, [Buffer.from('marker')], { control: 'commit' }), 0n, 9n);
    expect(it.deltas()).toEqual([is({ session: 'p0', as: 'in-log', ranges: [[1, 2]] })]);
    expect(it.records).toBe(2);
  });

  it('tells only so many strangers and witnesses one by one', () => {
    const strangers = Array.from({ length: STRANGERS_MAX + 50 }, () => Buffer.from('x'));
    const { deltas } = audit([batchOf(0, strangers)]);
    expect(deltas).toHaveLength(STRANGERS_MAX + 1);
    expect(deltas.at(-1)).toMatchObject({
      as: 'phantom',
      offset: '100',
      why: 'and 50 more like these, up to offset 149',
    });
    const all = Array.from({ length: 300 }, (_, n) => valueOf(n));
    const twice = audit([batchOf(0, all), batchOf(300, all)], { p0: 299 }).deltas;
    expect(twice).toContainEqual(is({ session: 'p0', as: 'in-log-again', ranges: [[0, 299]] }));
    expect(twice.filter(({ as }) => as === 'duplicate-offsets')).toHaveLength(WITNESSES_MAX);
  });
});
