import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { invariant } from '../../core/errors.ts';
import { type SessionId, showPartition, type TopicPartition } from '../../record/names.ts';

/**
 * What is in every value: who sent it, where to, as which record, and a CRC over all of it. A fixed
 * layout, big-endian:
 *
 *    0   4  "HWv1"
 *    4   8  the run: first bytes of the SHA-256 of its id
 *   12   8  the session, ASCII, padded with NUL
 *   20   2  the topic it was sent to, by its place among those of the workload
 *   22   2  the partition
 *   24   8  the sequence number in this session and partition
 *   32   4  CRC-32 of bytes 0 to 31
 *   36   …  filler, the same for all values of a session, that does not compress
 *  −40  36  bytes 0 to 35 once more
 *   −4   4  CRC-32 of everything before
 *
 * The identity stands there twice, each with a CRC of its own, so that a damaged value can still
 * say which record it was: it is corrupt then, and not lost as well.
 */
const MAGIC = Buffer.from('HWv1', 'latin1');
const IDENTITY_BYTES = 36;
const CRC_BYTES = 4;
const SESSION_BYTES = 8;
const AT = { session: 12, topic: 20, partition: 22, sequenceHigh: 24, sequenceLow: 28, crc: 32 };

/** The least that a value takes. */
export const VALUE_BYTES_MIN = 2 * IDENTITY_BYTES + CRC_BYTES;

/** Which record a value is. */
export interface ValueIdentity extends TopicPartition {
  readonly session: SessionId;
  readonly sequence: number;
}

/** The run whose values these are, and the topics of its workload in their order. */
export interface ValuesOf {
  readonly run: string;
  readonly topics: readonly string[];
}

/** What a value turned out to be; everything but `ours` says why, with what was found. */
export type DecodedValue =
  | ({ readonly kind: 'ours' } & ValueIdentity)
  /** Of this run, but not what was sent; the identity where it can still be told for certain. */
  | { readonly kind: 'damaged'; readonly identity: ValueIdentity | null; readonly why: string }
  /** A whole value of another run. */
  | { readonly kind: 'other-run'; readonly why: string }
  /** Nothing that this workload ever wrote. */
  | { readonly kind: 'foreign'; readonly why: string };

const markOf = (run: string): Buffer =>
  Buffer.concat([MAGIC, createHash('sha256').update(run).digest().subarray(0, SESSION_BYTES)]);

/** Makes the values of one session. */
export class ValueWriter {
  readonly #template: Buffer;
  readonly #topics: readonly string[];

  constructor({ run, topics }: ValuesOf, session: SessionId, valueBytes: number) {
    invariant(
      /^[!-~]{1,8}$/.test(session),
      `a session is named in 1 to ${SESSION_BYTES} ASCII characters, not "${session}"`,
    );
    invariant(valueBytes >= VALUE_BYTES_MIN, `a value of ${valueBytes} bytes is too small`);
    this.#topics = topics;
    const mark = markOf(run);
    this.#template = Buffer.alloc(valueBytes);
    mark.copy(this.#template);
    this.#template.write(session, AT.session, 'latin1');
    fill(this.#template.subarray(IDENTITY_BYTES, valueBytes - IDENTITY_BYTES - CRC_BYTES), mark);
  }

  /** The values of the records first … first+count−1 of a partition. */
  values(of: TopicPartition, first: number, count: number): readonly Uint8Array[] {
    const topic = this.#topics.indexOf(of.topic);
    invariant(topic >= 0, `topic "${of.topic}" is not one of the workload`);
    const size = this.#template.length;
    const slab = Buffer.allocUnsafe(size * count);
    return Array.from({ length: count }, (_, index) => {
      const value = slab.subarray(index * size, (index + 1) * size);
      this.#template.copy(value);
      value.writeUInt16BE(topic, AT.topic);
      value.writeUInt16BE(of.partition, AT.partition);
      this.#stamp(value, first + index);
      return value;
    });
  }

  #stamp(value: Buffer, sequence: number): void {
    value.writeUInt32BE(Math.floor(sequence / 2 ** 32), AT.sequenceHigh);
    value.writeUInt32BE(sequence % 2 ** 32, AT.sequenceLow);
    value.writeUInt32BE(crc32(value.subarray(0, AT.crc)), AT.crc);
    const end = value.length - CRC_BYTES;
    value.copy(value, end - IDENTITY_BYTES, 0, IDENTITY_BYTES);
    value.writeUInt32BE(crc32(value.subarray(0, end)), end);
  }
}

/** Tells what a value is, as this run sees it. Never throws. */
export class ValueReader {
  readonly #mark: Buffer;
  readonly #topics: readonly string[];

  constructor({ run, topics }: ValuesOf) {
    this.#mark = markOf(run);
    this.#topics = topics;
  }

  decode(bytes: Uint8Array | null): DecodedValue {
    if (bytes === null) return { kind: 'foreign', why: 'a record without a value' };
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isWhole(value)) {
      const identity = this.#identityAt(value, 0);
      return this.#isMarked(value, 0)
        ? { kind: 'ours', ...identity }
        : { kind: 'other-run', why: `a value of another run: ${show(identity)}` };
    }
    const offset = this.#findIdentity(value);
    if (offset !== null) {
      const identity = this.#identityAt(value, offset);
      const why = `${show(identity)} with a wrong CRC over its ${value.length} bytes`;
      return { kind: 'damaged', identity, why };
    }
    return this.#resembles(value)
      ? { kind: 'damaged', identity: null, why: `a damaged value of ${value.length} bytes` }
      : {
          kind: 'foreign',
          why: `not a value of highwater: ${value.length} bytes, "${head(value)}"`,
        };
  }

  /** Reads a copy of the identity that is whole. */
  #identityAt(value: Buffer, offset: number): ValueIdentity {
    const copy = value.subarray(offset, offset + IDENTITY_BYTES);
    const session = copy.toString('latin1', AT.session, AT.session + SESSION_BYTES);
    const topic = copy.readUInt16BE(AT.topic);
    return {
      session: session.replace(/\0+$/, ''),
      // Of another run there may be more topics than we know.
      topic: this.#topics[topic] ?? `topic ${topic}`,
      partition: copy.readUInt16BE(AT.partition),
      sequence: copy.readUInt32BE(AT.sequenceHigh) * 2 ** 32 + copy.readUInt32BE(AT.sequenceLow),
    };
  }

  #isMarked(value: Buffer, offset: number): boolean {
    return value.subarray(offset, offset + this.#mark.length).equals(this.#mark);
  }

  /** Where a copy of the identity stands that is whole and of this run. */
  #findIdentity(value: Buffer): number | null {
    const places = [0, value.length - CRC_BYTES - IDENTITY_BYTES];
    const found = places.find(
      (offset) => this.#isMarked(value, offset) && hasIdentityAt(value, offset),
    );
    return found ?? null;
  }

  /** Whether most of the first bytes are those with which the values of this run begin. */
  #resembles(value: Buffer): boolean {
    const same = this.#mark.filter((byte, index) => value[index] === byte).length;
    return same * 2 > this.#mark.length;
  }
}

/** Whether magic and both CRCs are right. */
const isWhole = (value: Buffer): boolean =>
  value.length >= VALUE_BYTES_MIN &&
  value.subarray(0, MAGIC.length).equals(MAGIC) &&
  value.readUInt32BE(value.length - CRC_BYTES) ===
    crc32(value.subarray(0, value.length - CRC_BYTES)) &&
  hasIdentityAt(value, 0);

/** Whether a whole copy of the identity stands there. */
function hasIdentityAt(value: Buffer, offset: number): boolean {
  if (offset < 0 || offset + IDENTITY_BYTES > value.length) return false;
  const copy = value.subarray(offset, offset + IDENTITY_BYTES);
  return copy.readUInt32BE(AT.crc) === crc32(copy.subarray(0, AT.crc));
}

const show = (identity: ValueIdentity): string =>
  `record ${identity.sequence} of session ${identity.session} for ${showPartition(identity)}`;

const head = (value: Buffer): string =>
  value.toString('latin1', 0, 24).replace(/[^ -~]/g, '·') + (value.length > 24 ? '…' : '');

/** Bytes that look random and are the same for the same seed (xorshift32). */
function fill(space: Buffer, seed: Buffer): void {
  let state = crc32(seed) | 1;
  for (let index = 0; index < space.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    space[index] = state & 0xff;
  }
}
