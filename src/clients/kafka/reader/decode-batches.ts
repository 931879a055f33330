/**
 * Record batches as they lie in a segment and travel in a fetch response: the same bytes (magic 2,
 * KIP-98). Each batch is a header of 61 bytes and the records, compressed as one piece:
 *
 *   baseOffset 8 · length 4 · leaderEpoch 4 · magic 1 · crc 4 │ attributes 2 ·
 *   lastOffsetDelta 4 · baseTimestamp 8 · maxTimestamp 8 · producerId 8 · producerEpoch 2 ·
 *   baseSequence 4 · count 4 │ records
 *
 * The CRC covers everything after itself. So the base offset, the leader epoch and the length of a
 * batch with a wrong CRC are as good as its neighbours make them, and the rest is not to be
 * trusted: its records are not given.
 */
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import type { ReadBatch, ReadRecord } from '../port.ts';
import { CODECS, decompress } from './codec.ts';
import { crc32c } from './crc32c.ts';
import { decodeRecords, type RecordsOf } from './decode-records.ts';

/** Base offset and length. */
const PREFIX_BYTES = 12;
const HEADER_BYTES = 61;
const CRC_FROM = 21;

/** What lies behind the last whole batch: nothing, the start of one more, or preallocated zeros. */
export type Tail = { readonly kind: 'none' | 'partial' | 'zeros'; readonly bytes: number };

/**
 * Yields the whole batches in order and returns what was left behind them. Throws where the bytes
 * are no batch of magic 2, or where a batch with a right CRC does not hold what its header says.
 */
export function* decodeBatches(source: Uint8Array): Generator<ReadBatch, Tail> {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;
  while (bytes.length - at >= PREFIX_BYTES) {
    const baseOffset = bytes.readBigInt64BE(at);
    const length = bytes.readInt32BE(at + 8);
    if (length === 0 && isAllZeros(bytes, at)) return { kind: 'zeros', bytes: bytes.length - at };
    const left = bytes.length - at;
    // Magic is at the same place in all formats, so an old batch is told from rotten bytes.
    if (left > 16) refuseOtherMagic(bytes.readInt8(at + 16), baseOffset, at);
    if (length < HEADER_BYTES - PREFIX_BYTES) {
      throw unreadable(baseOffset, at, `its length is ${length}`);
    }
    if (left < PREFIX_BYTES + length) return { kind: 'partial', bytes: left };
    yield decodeBatch(bytes.subarray(at, at + PREFIX_BYTES + length), at);
    at += PREFIX_BYTES + length;
  }
  const left = bytes.length - at;
  if (left === 0) return { kind: 'none', bytes: 0 };
  return { kind: isAllZeros(bytes, at) ? 'zeros' : 'partial', bytes: left };
}

function decodeBatch(bytes: Buffer, at: number): ReadBatch {
  const baseOffset = bytes.readBigInt64BE(0);
  const attributes = bytes.readInt16BE(21);
  const lastOffsetDelta = bytes.readInt32BE(23);
  const crcOk = crc32c(bytes, CRC_FROM) === bytes.readUInt32BE(17);
  const codec = CODECS[attributes & 0x07];
  const isControl = (attributes & 0x20) !== 0;
  const header = {
    baseOffset,
    lastOffset: baseOffset + BigInt(Math.max(0, lastOffsetDelta)),
    leaderEpoch: bytes.readInt32BE(12),
    producerId: bytes.readBigInt64BE(43),
    producerEpoch: bytes.readInt16BE(51),
    baseSequence: bytes.readInt32BE(53),
    isTransactional: (attributes & 0x10) !== 0,
    crcOk,
  };
  if (!crcOk) {
    return {
      ...header,
      control: isControl ? 'other' : null,
      codec: codec ?? 'none',
      records: null,
    };
  }
  if (codec === undefined) throw unreadable(baseOffset, at, `codec ${attributes & 0x07}`);
  if (lastOffsetDelta < 0) throw unreadable(baseOffset, at, `last offset delta ${lastOffsetDelta}`);
  const of: RecordsOf = {
    count: bytes.readInt32BE(57),
    baseOffset,
    lastOffsetDelta,
    baseTimestamp: bytes.readBigInt64BE(27),
    appendTime: (attributes & 0x08) === 0 ? null : bytes.readBigInt64BE(35),
  };
  const records = recordsOf(bytes.subarray(HEADER_BYTES), codec, { ...of, at });
  return { ...header, control: isControl ? controlOf(records) : null, codec, records };
}

function recordsOf(
  payload: Uint8Array,
  codec: ReadBatch['codec'],
  of: RecordsOf & { at: number },
): ReadRecord[] | null {
  // Compaction leaves empty batches, for the sequence numbers of their producer; without a payload.
  if (of.count === 0 && payload.length === 0) return [];
  try {
    const inflated = decompress(codec, payload);
    return inflated === null ? null : decodeRecords(inflated, of);
  } catch (thrown) {
    throw unreadable(of.baseOffset, of.at, thrown);
  }
}

/** The key of a control record: version and type; 0 and 1 end transactions, others are KRaft's. */
function controlOf(records: readonly ReadRecord[] | null): 'commit' | 'abort' | 'other' {
  const key = records?.[0]?.key;
  if (!key || key.length < 4) return 'other';
  const type = ((key[2] as number) << 8) | (key[3] as number);
  return type === 0 ? 'abort' : type === 1 ? 'commit' : 'other';
}

function isAllZeros(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] !== 0) return false;
  return true;
}

function refuseOtherMagic(magic: number, baseOffset: bigint, at: number): void {
  if (magic === 2) return;
  if (magic !== 0 && magic !== 1) throw unreadable(baseOffset, at, `its magic is ${magic}`);
  throw new HighwaterError(
    'CLIENT_FAILED',
    `record batch at offset ${baseOffset} (byte ${at}) has the old format, magic ${magic}`,
    {
      facts: { baseOffset: String(baseOffset), byte: at, magic },
      hint: 'only magic 2 is read here (Kafka 0.11 and later); is the format of the topic pinned?',
    },
  );
}

function unreadable(baseOffset: bigint, at: number, cause: unknown): HighwaterError {
  return new HighwaterError(
    'CLIENT_FAILED',
    `record batch at offset ${baseOffset} (byte ${at}) cannot be decoded: ${messageOf(cause)}`,
    { facts: { baseOffset: String(baseOffset), byte: at }, cause },
  );
}
