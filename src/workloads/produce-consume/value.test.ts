import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VALUE_BYTES_MIN, ValueReader, ValueWriter } from './value.ts';

const RUN = '2026-05-04T0312-leader-down-1f3a';
const TOPICS = ['orders', 'payments'];
const reader = new ValueReader({ run: RUN, topics: TOPICS });
const writerOf = (session: string, valueBytes: number): ValueWriter =>
  new ValueWriter({ run: RUN, topics: TOPICS }, session, valueBytes);
const OF = { topic: 'payments', partition: 3 };
const valueOf = (sequence = 4_711, valueBytes = 100): Buffer =>
  Buffer.from(writerOf('p0', valueBytes).values(OF, sequence, 1)[0] as Uint8Array);
const IDENTITY = { session: 'p0', ...OF, sequence: 4_711 };

describe('values', () => {
  it('say which record they are, at any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: VALUE_BYTES_MIN, max: 2_000 }),
        fc.integer({ min: 0, max: 65_535 }),
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 10 }),
        (valueBytes, partition, sequence) => {
          const session = ['p0', 'p17', 'abcdefgh'][sequence % 3] as string;
          const of = { topic: TOPICS[sequence % 2] as string, partition };
          const values = writerOf(session, valueBytes).values(of, sequence, 3);
          expect(values.map(({ length }) => length)).toEqual([valueBytes, valueBytes, valueBytes]);
          expect(values.map((value) => reader.decode(value))).toEqual(
            [0, 1, 2].map((k) => ({ kind: 'ours', session, ...of, sequence: sequence + k })),
          );
        },
      ),
    );
  });

  it('hold little that compresses', () => {
    const value = valueOf(0, 1_000);
    expect(deflateSync(value).length).toBeGreaterThan(850);
  });

  it('are refused for a session whose name does not fit', () => {
    expect(() => writerOf('producer-1', 100)).toThrow('1 to 8 ASCII characters');
  });
});

describe('ValueReader', () => {
  it('notices every single flipped bit and can still say which record it was', () => {
    for (let bit = 0; bit < 800; bit += 1) {
      const value = valueOf();
      value[bit >> 3] = (value[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(reader.decode(value)).toMatchObject({ kind: 'damaged', identity: IDENTITY });
    }
  });

  it('never takes bytes that were changed for what was sent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 255 })), { minLength: 1 }),
        (changes) => {
          const value = valueOf();
          for (const [at, mask] of changes) value[at] = (value[at] as number) ^ mask;
          if (value.equals(valueOf())) return;
          expect(reader.decode(value).kind).not.toBe('ours');
        },
      ),
    );
  });

  it('takes a value that was cut short for a damaged one', () => {
    for (const length of [99, 60, 36, 12]) {
      expect(reader.decode(valueOf().subarray(0, length)).kind).toBe('damaged');
    }
  });

  it('says whose a whole value of another run is', () => {
    expect(new ValueReader({ run: 'another run', topics: TOPICS }).decode(valueOf())).toEqual({
      kind: 'other-run',
      why: 'a value of another run: record 4711 of session p0 for payments-3',
    });
  });

  it('tells what nobody here wrote, whatever it is', () => {
    expect(reader.decode(Buffer.from('hello\n'))).toEqual({
      kind: 'foreign',
      why: 'not a value of highwater: 6 bytes, "hello·"',
    });
    expect(reader.decode(null).kind).toBe('foreign');
    expect(reader.decode(new Uint8Array())).toMatchObject({ kind: 'foreign' });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(reader.decode(bytes).kind).toBe('foreign');
      }),
    );
  });
});
