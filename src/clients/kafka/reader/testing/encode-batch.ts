import { gzipSync, zstdCompressSync } from 'node:zlib';
import { byteWriter } from '../byte-writer.ts';
import { CODECS, type Codec } from '../codec.ts';
import { crc32c } from '../crc32c.ts';

/** A record to encode; what is not given is null, empty or zero. */
export interface RecordToEncode {
  readonly delta?: number;
  readonly timestampDelta?: bigint;
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

/** A batch to encode, for tests; what is not given is as a plain producer sends it. */
export interface BatchToEncode {
  readonly baseOffset?: bigint;
  readonly leaderEpoch?: number;
  readonly magic?: number;
  readonly codec?: Codec;
  readonly appendTime?: bigint;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  readonly lastOffsetDelta?: number;
  readonly baseTimestamp?: bigint;
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly records: readonly RecordToEncode[];
}

/** Encodes a record batch of magic 2, with its CRC32C. */
export function encodeBatch(batch: BatchToEncode): Buffer {
  const { records, codec = 'none', baseTimestamp = 0n } = batch;
  const attributes =
    CODECS.indexOf(codec) |
    (batch.appendTime === undefined ? 0 : 0x08) |
    (batch.isTransactional ? 0x10 : 0) |
    (batch.isControl ? 0x20 : 0);
  const covered = byteWriter()
    .int16(attributes)
    .int32(batch.lastOffsetDelta ?? Math.max(0, records.length - 1))
    .int64(baseTimestamp)
    .int64(batch.appendTime ?? baseTimestamp)
    .int64(batch.producerId ?? -1n)
    .int16(batch.producerEpoch ?? -1)
    .int32(batch.baseSequence ?? -1)
    .int32(records.length)
    .bytes(compress(codec, Buffer.concat(records.map(encodeRecord))))
    .done();
  return byteWriter()
    .int64(batch.baseOffset ?? 0n)
    .int32(covered.length + 9)
    .int32(batch.leaderEpoch ?? 0)
    .int8(batch.magic ?? 2)
    .uint32(crc32c(covered))
    .bytes(covered)
    .done();
}

/** The marker at the end of a transaction. */
export const encodeMarker = (
  type: 'commit' | 'abort',
  of: { baseOffset: bigint; producerId: bigint; producerEpoch?: number },
): Buffer =>
  encodeBatch({
    ...of,
    isTransactional: true,
    isControl: true,
    records: [
      {
        key: byteWriter()
          .int16(0)
          .int16(type === 'commit' ? 1 : 0)
          .done(),
        value: byteWriter().int16(0).int32(0).done(),
      },
    ],
  });

function encodeRecord(record: RecordToEncode, index: number): Buffer {
  const writer = byteWriter()
    .int8(0)
    .varint(record.timestampDelta ?? 0n)
    .varint(record.delta ?? index);
  const sized = (value: Uint8Array | null | undefined): void => {
    if (value === null || value === undefined) writer.varint(-1);
    else writer.varint(value.length).bytes(value);
  };
  sized(record.key);
  sized(record.value);
  writer.varint(record.headers?.length ?? 0);
  for (const header of record.headers ?? []) {
    sized(Buffer.from(header.key));
    sized(header.value);
  }
  const body = writer.done();
  return byteWriter().varint(body.length).bytes(body).done();
}

function compress(codec: Codec, payload: Buffer): Buffer {
  if (codec === 'gzip') return gzipSync(payload);
  return codec === 'zstd' ? zstdCompressSync(payload) : payload;
}
