import { HighwaterError } from '../../../core/errors.ts';

/** Bytes that are not what the protocol says; callers tell where they were found. */
export const malformed = (message: string): HighwaterError =>
  new HighwaterError('CLIENT_FAILED', message);

/** Walks over bytes as the Kafka protocol lays them out; never past their end. */
export interface ByteReader {
  /** Where the next value begins. */
  readonly at: number;
  /** How many bytes are left. */
  readonly left: number;
  int8(): number;
  int16(): number;
  int32(): number;
  int64(): bigint;
  /** Zigzag, at most 5 bytes. */
  varint(): number;
  /** Zigzag, at most 10 bytes. */
  varlong(): bigint;
  /** A view of the next bytes, not a copy. */
  take(length: number): Uint8Array;
  string(): string;
  nullableString(): string | null;
  /** The count of an array of things of at least `itemBytes` each; null arrays count as empty. */
  count(itemBytes: number): number;
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Reads from the start of the given bytes. Integers are big-endian. */
export function byteReader(source: Uint8Array): ByteReader {
  const bytes = asBuffer(source);
  let at = 0;
  /** Claims the next bytes and gives the position of the first. */
  const claim = (length: number): number => {
    const from = at;
    if (length < 0 || length > bytes.length - from) {
      throw malformed(`${length} bytes wanted at ${from}, ${bytes.length - from} left`);
    }
    at = from + length;
    return from;
  };
  const varints = varintsOf(() => bytes[claim(1)] as number);

  const nullableString = (): string | null => {
    const length = bytes.readInt16BE(claim(2));
    if (length === -1) return null;
    const from = claim(length);
    return bytes.toString('utf8', from, from + length);
  };

  return {
    get at() {
      return at;
    },
    get left() {
      return bytes.length - at;
    },
    int8: () => bytes.readInt8(claim(1)),
    int16: () => bytes.readInt16BE(claim(2)),
    int32: () => bytes.readInt32BE(claim(4)),
    int64: () => bytes.readBigInt64BE(claim(8)),
    ...varints,
    take: (length) => {
      const from = claim(length);
      return bytes.subarray(from, from + length);
    },
    string: () => {
      const text = nullableString();
      if (text === null) throw malformed(`null where a string must be, before ${at}`);
      return text;
    },
    nullableString,
    count: (itemBytes) => {
      const count = bytes.readInt32BE(claim(4));
      if (count < -1 || count * itemBytes > bytes.length - at) {
        throw malformed(`array of ${count} before ${at}, ${bytes.length - at} bytes left`);
      }
      return Math.max(0, count);
    },
  };
}

/** Variable-length integers, seven bits a byte, the sign in the lowest bit (zigzag). */
function varintsOf(next: () => number): Pick<ByteReader, 'varint' | 'varlong'> {
  return {
    varint: () => {
      let byte = next();
      // One byte is by far the most frequent case: deltas, short lengths.
      if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
      let value = byte & 0x7f;
      for (let shift = 7; shift <= 28; shift += 7) {
        byte = next();
        value |= (byte & 0x7f) << shift;
        if (byte >= 0x80) continue;
        if (shift === 28 && byte > 0x0f) break;
        return (value >>> 1) ^ -(value & 1);
      }
      throw malformed('a varint longer than 32 bits');
    },
    varlong: () => {
      let byte = next();
      if (byte < 0x80) return BigInt((byte >>> 1) ^ -(byte & 1));
      let value = BigInt(byte & 0x7f);
      for (let shift = 7n; shift <= 63n; shift += 7n) {
        byte = next();
        value |= BigInt(byte & 0x7f) << shift;
        if (byte >= 0x80) continue;
        if (shift === 63n && byte > 1) break;
        return (value >> 1n) ^ -(value & 1n);
      }
      throw malformed('a varlong longer than 64 bits');
    },
  };
}
