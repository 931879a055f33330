import type { ReadRecord } from '../port.ts';
import { type ByteReader, byteReader, malformed } from './byte-reader.ts';

/** What the header of a batch says about its records. */
export interface RecordsOf {
  readonly count: number;
  readonly baseOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: bigint;
  /** Set when the broker stamps the records: one time for all (LogAppendTime). */
  readonly appendTime: bigint | null;
}

const NO_HEADERS: ReadRecord['headers'] = [];
/** Length, attributes, timestamp and offset delta, key and value length, header count. */
const RECORD_BYTES_MIN = 7;

/** Decodes the uncompressed records of a batch; keys and values are views of the payload. */
export function decodeRecords(payload: Uint8Array, of: RecordsOf): ReadRecord[] {
  const reader = byteReader(payload);
  if (of.count < 0 || of.count * RECORD_BYTES_MIN > payload.length) {
    throw malformed(`${of.count} records cannot be in ${payload.length} bytes`);
  }
  const records: ReadRecord[] = [];
  let before = -1;
  for (let index = 0; index < of.count; index += 1) {
    const length = reader.varint();
    const end = reader.at + length;
    reader.int8(); // attributes of a record: none are defined
    const timestampDelta = reader.varlong();
    const delta = reader.varint();
    if (delta <= before || delta > of.lastOffsetDelta) {
      throw malformed(`record ${index} has offset delta ${delta} after ${before}`);
    }
    before = delta;
    records.push({
      offset: of.baseOffset + BigInt(delta),
      timestamp: of.appendTime ?? of.baseTimestamp + timestampDelta,
      key: sized(reader),
      value: sized(reader),
      headers: headersOf(reader),
    });
    if (reader.at !== end) {
      throw malformed(`record ${index} ends at ${reader.at}, its length says ${end}`);
    }
  }
  if (reader.left > 0) throw malformed(`${reader.left} bytes after the last record`);
  return records;
}

const sized = (reader: ByteReader): Uint8Array | null => {
  const length = reader.varint();
  return length === -1 ? null : reader.take(length);
};

function headersOf(reader: ByteReader): ReadRecord['headers'] {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  // A header is at least two bytes long.
  if (count < 0 || count * 2 > reader.left) throw malformed(`${count} headers before ${reader.at}`);
  const headers: { key: string; value: Uint8Array | null }[] = [];
  for (let index = 0; index < count; index += 1) {
    const key = sized(reader);
    if (key === null) throw malformed(`header ${index} has no key`);
    headers.push({ key: Buffer.from(key).toString('utf8'), value: sized(reader) });
  }
  return headers;
}
