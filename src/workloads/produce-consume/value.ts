import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { invariant } from '../../core/errors.ts';
import type { SessionId } from '../../record/names.ts';

/**
 * What is in every value: who sent it, where to, as which record, and a CRC over all of it. A fixed
 * layout, big-endian:
 *
 *    0   4  "HWv1"
 *    4   8  the run: first bytes of the SHA-256 of its id
 *   12   8  the session, ASCII, padded with NUL
 *   20   4  the partition it was sent to
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
const AT = { run: 4, session: 12, partition: 20, sequenceHigh: 24, sequenceLow: 28, crc: 32 };

/** The least that a value takes. */
export const VALUE_BYTES_MIN = 2 * IDENTITY_BYTES + CRC_BYTES;

/** Which record a value is. */
export interface ValueIdentity {
  readonly session: SessionId;
  readonly partition: number;
  readonly sequence: number;
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

  constructor(run: string, session: SessionId, valueBytes: number) {
    invariant(
      /^[!-~]{1,8}$/.test(session),
      `a session is named in 1 to ${SESSION_BYTES} ASCII characters, not "${session}"`,
    );
    invariant(valueBytes >= VALUE_BYTES_MIN, `a value of ${valueBytes} bytes is too small`);
    const mark = markOf(run);
    this.#template = Buffer.alloc(valueBytes);
    mark.copy(this.#template);
    this.#template.write(session, AT.session, 'latin1');
    fill(this.#template.subarray(IDENTITY_BYTES, valueBytes - IDENTITY_BYTES - CRC_BYTES), mark);
  }

  /** The values of the records first … first+count−1 of a partition. */
  values(partition: number, first: number, count: number): readonly Uint8Array[] {
    const size = this.#template.length;
    const slab = Buffer.allocUnsafe(size * count);
    return Array.from({ length: count }, (_, index) => {
      const value = slab.subarray(index * size, (index + 1) * size);
      this.#template.copy(value);
      this.#stamp(value, partition, first + index);
      return value;
    });
  }

  #stamp(value: Buffer, partition: number, sequence: number): void {
    value.writeUInt32BE(partition, AT.partition);
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

  constructor(run: string) {
    this.#mark = markOf(run);
  }

  decode(bytes: Uint8Array | null): DecodedValue {
    if (bytes === null) return { kind: 'foreign', why: 'a record without a value' };
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isWhole(value)) {
      const identity = identityAt(value, 0) as ValueIdentity;
      return this.#isMarked(value, 0)
        ? { kind: 'ours', ...identity }
        : { kind: 'other-run', why: `a value of another run: ${show(identity)}` };
    }
    const offset = this.#findIdentity(value);
    if (offset !== null) {
      const identity = identityAt(value, offset) as ValueIdentity;
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

  #isMarked(value: Buffer, offset: number): boolean {
    return value.subarray(offset, offset + this.#mark.length).equals(this.#mark);
  }

  /** Where a copy of the identity stands that is whole and of this run. */
  #findIdentity(value: Buffer): number | null {
    const places = [0, value.length - CRC_BYTES - IDENTITY_BYTES];
    const found = places.find(
      (offset) => this.#isMarked(value, offset) && identityAt(value, offset) !== null,
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
  identityAt(value, 0) !== null;

/** Reads a copy of the identity; null when it is not whole. */
function identityAt(value: Buffer, offset: number): ValueIdentity | null {
  if (offset < 0 || offset + IDENTITY_BYTES > value.length) return null;
  const copy = value.subarray(offset, offset + IDENTITY_BYTES);
  if (copy.readUInt32BE(AT.crc) !== crc32(copy.subarray(0, AT.crc))) return null;
  const session = copy.toString('latin1', AT.session, AT.session + SESSION_BYTES);
  return {
    session: session.replace(/\0+$/, ''),
    partition: copy.readUInt32BE(AT.partition),
    sequence: copy.readUInt32BE(AT.sequenceHigh) * 2 ** 32 + copy.readUInt32BE(AT.sequenceLow),
  };
}

const show = ({ session, partition, sequence }: ValueIdentity): string =>
  `record ${sequence} of session ${session} for partition ${partition}`;

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
