import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHighwaterError } from '../../../core/errors.ts';
import type { ReadBatch } from '../port.ts';
import { crc32c } from './crc32c.ts';
import { decodeBatches, type Tail } from './decode-batches.ts';
import { type BatchToEncode, encodeBatch, encodeMarker } from './testing/encode-batch.ts';

function decodeAll(bytes: Uint8Array): { batches: ReadBatch[]; tail: Tail } {
  const decoding = decodeBatches(bytes);
  const batches: ReadBatch[] = [];
  for (;;) {
    const next = decoding.next();
    if (next.done) return { batches, tail: next.value };
    batches.push(next.value);
  }
}

const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));
const plain = (bytes: Uint8Array | null): Uint8Array | null => bytes && new Uint8Array(bytes);

const anySized = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: null });
const anyLong = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
const anyRecord = fc.record({
  timestampDelta: anyLong,
  key: anySized,
  value: anySized,
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 8 }), value: anySized }), {
    maxLength: 3,
  }),
});
const anyBatch: fc.Arbitrary<BatchToEncode> = fc.record({
  baseOffset: fc.bigInt({ min: 0n, max: 2n ** 61n }),
  leaderEpoch: fc.integer(),
  codec: fc.constantFrom('none', 'gzip', 'zstd'),
  isTransactional: fc.boolean(),
  baseTimestamp: anyLong,
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  producerEpoch: fc.integer({ min: -1, max: 0x7fff }),
  baseSequence: fc.integer({ min: -1, max: 0x7fff_ffff }),
  records: fc.array(anyRecord, { minLength: 1, maxLength: 6 }),
});

describe('decodeBatches', () => {
  it('gives back what was encoded, batch after batch', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 3 }), (given) => {
        const { batches, tail } = decodeAll(Buffer.concat(given.map(encodeBatch)));
        expect(tail).toEqual({ kind: 'none', bytes: 0 });
        expect(batches).toHaveLength(given.length);
        for (const [index, batch] of batches.entries()) {
          const { records, baseTimestamp, codec, ...header } = given[
            index
          ] as Required<BatchToEncode>;
          expect(batch).toMatchObject({ ...header, codec, control: null, crcOk: true });
          const expected = records.map((record, at) => ({
            offset: header.baseOffset + BigInt(at),
            timestamp: baseTimestamp + (record.timestampDelta as bigint),
            key: record.key,
            value: record.value,
            headers: record.headers,
          }));
          const found = batch.records?.map((record) => ({
            ...record,
            key: plain(record.key),
            value: plain(record.value),
            headers: record.headers.map(({ key, value }) => ({ key, value: plain(value) })),
          }));
          expect(found).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('detects every flipped bit that the CRC covers, and gives no records then', () => {
    fc.assert(
      fc.property(anyBatch, fc.nat(), fc.nat(7), (given, place, bit) => {
        const bytes = encodeBatch(given);
        const at = 17 + (place % (bytes.length - 17));
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
        const { batches } = decodeAll(bytes);
        expect(batches).toHaveLength(1);
        expect(batches[0]).toMatchObject({ crcOk: false, records: null });
      }),
    );
  });

  it('yields the whole batches of bytes that were cut short, and tells of the rest', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { minLength: 1, maxLength: 3 }), fc.nat(), (given, place) => {
        const encoded = given.map(encodeBatch);
        const all = Buffer.concat(encoded);
        const cut = place % all.length;
        let whole = 0;
        let used = 0;
        for (const { length } of encoded) {
          if (used + length > cut) break;
          whole += 1;
          used += length;
        }
        const { batches, tail } = decodeAll(all.subarray(0, cut));
        expect(batches).toHaveLength(whole);
        expect(tail.bytes).toBe(cut - used);
        if (cut === used) expect(tail.kind).toBe('none');
      }),
    );
  });

  it('ends or throws a clear error on any bytes at all', () => {
    const anyRot = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const anyRotten = fc.tuple(anyBatch, anyRot).map(([given, rot]) => {
      const bytes = Buffer.concat([encodeBatch(given), encodeBatch(given)]);
      for (const [place, byte] of rot) bytes[place % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), anyRotten), endsOrThrowsOurs),
      {
        numRuns: 2_000,
      },
    );
  });

  it('ends or throws a clear error when the bytes are rotten but the CRC is right', () => {
    const anyRot = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(anyBatch, anyRot, (given, rot) => {
        const bytes = encodeBatch(given);
        for (const [place, byte] of rot) bytes[21 + (place % (bytes.length - 21))] = byte;
        bytes.writeUInt32BE(crc32c(bytes, 21), 17);
        endsOrThrowsOurs(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells markers of transactions apart', () => {
    const markers = (['commit', 'abort'] as const).map((type, at) =>
      encodeMarker(type, { baseOffset: BigInt(at), producerId: 7n, producerEpoch: 3 }),
    );
    expect(decodeAll(Buffer.concat(markers)).batches).toMatchObject([
      { control: 'commit', producerId: 7n, producerEpoch: 3, isTransactional: true },
      { control: 'abort', baseOffset: 1n, lastOffset: 1n },
    ]);
    const leaderChange = encodeBatch({
      isControl: true,
      records: [{ key: Buffer.from([0, 0, 0, 2]) }],
    });
    expect(decodeAll(leaderChange).batches).toMatchObject([{ control: 'other' }]);
  });

  it('keeps gaps and emptied batches of a compacted log', () => {
    const gaps = encodeBatch({
      baseOffset: 10n,
      lastOffsetDelta: 9,
      records: [
        { delta: 2, value: text('c') },
        { delta: 7, value: text('h') },
      ],
    });
    const emptied = encodeBatch({
      baseOffset: 20n,
      lastOffsetDelta: 4,
      producerId: 5n,
      records: [],
    });
    const [first, second] = decodeAll(Buffer.concat([gaps, emptied])).batches;
    expect(first?.records?.map((record) => record.offset)).toEqual([12n, 17n]);
    expect(first?.lastOffset).toBe(19n);
    expect(second).toMatchObject({ baseOffset: 20n, lastOffset: 24n, records: [] });
  });

  it('gives all records the time of the broker when the batch says LogAppendTime', () => {
    const records = [{ timestampDelta: 1n }, { timestampDelta: 2n }];
    const { batches } = decodeAll(encodeBatch({ baseTimestamp: 5n, appendTime: 99n, records }));
    expect(batches[0]?.records?.map((record) => record.timestamp)).toEqual([99n, 99n]);
  });

  it('gives no records for a codec that it cannot read', () => {
    const { batches } = decodeAll(encodeBatch({ codec: 'lz4', records: [{}] }));
    expect(batches).toMatchObject([{ codec: 'lz4', crcOk: true, records: null }]);
  });

  it('takes zeros at the end for the room of a preallocated file', () => {
    const batch = encodeBatch({ records: [{ value: text('a') }] });
    for (const room of [5, 12, 4_096]) {
      const { batches, tail } = decodeAll(Buffer.concat([batch, Buffer.alloc(room)]));
      expect(batches).toHaveLength(1);
      expect(tail).toEqual({ kind: 'zeros', bytes: room });
    }
    const notOnlyZeros = Buffer.concat([batch, Buffer.alloc(100), batch]);
    expect(() => decodeAll(notOnlyZeros)).toThrow('old format, magic 0');
  });

  it('says of the formats of magic 0 and 1 that they are old', () => {
    for (const magic of [0, 1]) {
      expect(() => decodeAll(encodeBatch({ magic, baseOffset: 12n, records: [{}] }))).toThrow(
        `record batch at offset 12 (byte 0) has the old format, magic ${magic}`,
      );
    }
    expect(() => decodeAll(encodeBatch({ magic: 9, records: [{}] }))).toThrow(
      'record batch at offset 0 (byte 0) cannot be decoded: its magic is 9',
    );
  });

  it('says where and why records cannot be decoded although their CRC is right', () => {
    const bytes = encodeBatch({ baseOffset: 4n, records: [{ value: text('a') }, {}] });
    bytes.writeInt32BE(3, 57);
    bytes.writeUInt32BE(crc32c(bytes, 21), 17);
    expect(() => decodeAll(bytes)).toThrow(
      'record batch at offset 4 (byte 0) cannot be decoded: 3 records cannot be in 15 bytes',
    );
    bytes.writeInt32BE(1, 57);
    bytes.writeUInt32BE(crc32c(bytes, 21), 17);
    expect(() => decodeAll(bytes)).toThrow('bytes after the last record');
  });
});

function endsOrThrowsOurs(bytes: Uint8Array): void {
  try {
    decodeAll(bytes);
  } catch (thrown) {
    if (!isHighwaterError(thrown, 'CLIENT_FAILED')) throw thrown;
  }
}
