import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHighwaterError } from '../../../core/errors.ts';
import { byteReader } from './byte-reader.ts';
import { byteWriter } from './byte-writer.ts';

describe('byteReader', () => {
  it('reads back every varint that was written', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const reader = byteReader(byteWriter().varint(value).done());
        expect(reader.varint()).toBe(value);
        expect(reader.left).toBe(0);
      }),
    );
  });

  it('reads back every varlong that was written, up to the ends of 64 bits', () => {
    const ends = [0n, -1n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const reader = byteReader(byteWriter().varint(value).done());
        expect(reader.varlong()).toBe(value);
        expect(reader.left).toBe(0);
      }),
      { examples: ends.map((value) => [value]) },
    );
  });

  it('refuses varints that do not fit', () => {
    const tooLong = Buffer.from('ffffffffffffffffff7f', 'hex');
    expect(() => byteReader(tooLong).varint()).toThrow('a varint longer than 32 bits');
    expect(() => byteReader(Buffer.from('ffffffff1f', 'hex')).varint()).toThrow('32 bits');
    expect(() => byteReader(tooLong).varlong()).toThrow('a varlong longer than 64 bits');
    const endless = Buffer.alloc(40, 0xff);
    expect(() => byteReader(endless).varlong()).toThrow('a varlong longer than 64 bits');
  });

  it('reads strings, null strings and arrays', () => {
    const bytes = byteWriter()
      .string('höhe')
      .string(null)
      .array([1, 2], () => {})
      .done();
    const reader = byteReader(bytes);
    expect([reader.string(), reader.nullableString()]).toEqual(['höhe', null]);
    expect(reader.count(0)).toBe(2);
    expect(byteReader(byteWriter().int32(-1).done()).count(8)).toBe(0);
  });

  it('refuses an array that cannot be in the bytes that are left, before making room for it', () => {
    const reader = byteReader(byteWriter().int32(0x7fff_ffff).int32(1).done());
    expect(() => reader.count(1)).toThrow('array of 2147483647 before 4, 4 bytes left');
  });

  it('never reads past the end, whatever is asked', () => {
    const asks = ['int8', 'int16', 'int32', 'int64', 'varint', 'varlong', 'string'] as const;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 24 }),
        fc.array(fc.constantFrom(...asks)),
        (bytes, all) => {
          const reader = byteReader(bytes);
          for (const ask of all) {
            try {
              reader[ask]();
            } catch (thrown) {
              expect(isHighwaterError(thrown, 'CLIENT_FAILED')).toBe(true);
            }
            expect(reader.at).toBeLessThanOrEqual(bytes.length);
          }
        },
      ),
    );
  });
});
