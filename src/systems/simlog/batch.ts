import { byteWriter } from '../../clients/kafka/reader/byte-writer.ts';
import { crc32c } from '../../clients/kafka/reader/crc32c.ts';
import { decodeSegment } from '../../clients/kafka/reader/decode-segment.ts';

/** Who wrote a batch, as its header says it. */
export interface Writer {
  /** −1 when the producer is not idempotent. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/**
 * A batch as a broker holds it: what it says, and its bytes as they lie in the segment, in Kafka's
 * own format (magic 2, KIP-98), one character a byte. So whoever reads the files of a virtual
 * broker reads them as those of a real one.
 */
export interface SimBatch extends Writer {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  readonly values: readonly Uint8Array[];
  readonly bytes: string;
}

/** What a batch is built from. */
export interface BatchInput extends Writer {
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly timestamp: number;
  readonly values: readonly Uint8Array[];
  /** Flips a bit of the last value after the CRC was taken. */
  readonly rotten?: boolean;
}

/** Where the CRC is, what it covers, and where the last value's last byte is, from the end. */
const CRC_AT = 17;
const CRC_FROM = 21;
const LAST_VALUE_BYTE_FROM_END = 2;
/** Bytes before the ones that the length field counts. */
const PREFIX_BYTES = 12;

/** Builds a batch with its bytes. */
export function batchOf(input: BatchInput): SimBatch {
  const { baseOffset, leaderEpoch, timestamp, values } = input;
  const records = byteWriter();
  values.forEach((value, delta) => {
    const body = byteWriter()
      .int8(0) // attributes: none are defined
      .varint(0) // timestamp delta
      .varint(delta)
      .varint(-1) // no key
      .varint(value.length)
      .bytes(value)
      .varint(0) // no headers
      .done();
    records.varint(body.length).bytes(body);
  });
  const covered = byteWriter()
    .int16(0) // attributes: no codec, create time, no transaction
    .int32(values.length - 1)
    .int64(BigInt(Math.floor(timestamp)))
    .int64(BigInt(Math.floor(timestamp)))
    .int64(BigInt(input.producerId))
    .int16(input.producerEpoch)
    .int32(input.baseSequence)
    .int32(values.length)
    .bytes(records.done())
    .done();
  const bytes = byteWriter()
    .int64(BigInt(baseOffset))
    .int32(CRC_FROM - PREFIX_BYTES + covered.length)
    .int32(leaderEpoch)
    .int8(2)
    .uint32(crc32c(covered))
    .bytes(covered)
    .done();
  if (input.rotten === true) {
    const at = bytes.length - LAST_VALUE_BYTE_FROM_END;
    bytes[at] = (bytes[at] as number) ^ 0x10;
  }
  return {
    baseOffset,
    lastOffset: baseOffset + values.length - 1,
    leaderEpoch,
    producerId: input.producerId,
    producerEpoch: input.producerEpoch,
    baseSequence: input.baseSequence,
    values: input.rotten === true ? withLastRotten(values, bytes) : values,
    bytes: bytes.toString('latin1'),
  };
}

/** The values as a consumer gets them that does not look at the CRC. */
function withLastRotten(values: readonly Uint8Array[], bytes: Buffer): readonly Uint8Array[] {
  const last = Buffer.from(values.at(-1) ?? []);
  if (last.length > 0) last[last.length - 1] = bytes[bytes.length - LAST_VALUE_BYTE_FROM_END] ?? 0;
  return [...values.slice(0, -1), last];
}

/** The batches of a segment's content; what a broker finds on its disk when it boots. */
export function batchesIn(content: string): SimBatch[] {
  const file = Buffer.from(content, 'latin1');
  const batches: SimBatch[] = [];
  let at = 0;
  for (const batch of decodeSegment(file)) {
    const length = PREFIX_BYTES + file.readInt32BE(at + 8);
    batches.push({
      baseOffset: Number(batch.baseOffset),
      lastOffset: Number(batch.lastOffset),
      leaderEpoch: batch.leaderEpoch,
      producerId: Number(batch.producerId),
      producerEpoch: batch.producerEpoch,
      baseSequence: batch.baseSequence,
      // A batch with a wrong CRC gives none.
      values: (batch.records ?? []).map(({ value }) => value ?? new Uint8Array()),
      bytes: content.slice(at, at + length),
    });
    at += length;
  }
  return batches;
}

/** The checksum in a batch's header, for those that want to tell two batches apart. */
export const crcOf = (batch: SimBatch): string => batch.bytes.slice(CRC_AT, CRC_FROM);
