/**
 * The two halves of jute, ZooKeeper's encoding: big-endian numbers, buffers and strings behind
 * their length, where -1 stands for null.
 */
export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    return this.#add(part);
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(value);
    return this.#add(part);
  }

  boolean(value: boolean): this {
    return this.#add(Buffer.from([value ? 1 : 0]));
  }

  buffer(value: Uint8Array): this {
    return this.int(value.length).#add(Buffer.from(value));
  }

  string(value: string): this {
    return this.buffer(Buffer.from(value, 'utf8'));
  }

  /** All that was written, behind its length, as it goes over the wire. */
  frame(): Buffer {
    const body = this.body();
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length);
    return Buffer.concat([length, body]);
  }

  /** All that was written, as it is. */
  body(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }
}

/** Reads one frame from its start; throws a RangeError when it ends too early. */
export class JuteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#skip(4));
  }

  long(): bigint {
    return this.#bytes.readBigInt64BE(this.#skip(8));
  }

  buffer(): Buffer {
    const length = this.int();
    if (length < 0) return Buffer.alloc(0);
    const from = this.#skip(length);
    return this.#bytes.subarray(from, from + length);
  }

  string(): string {
    return this.buffer().toString('utf8');
  }

  strings(): readonly string[] {
    return Array.from({ length: Math.max(0, this.int()) }, () => this.string());
  }

  #skip(count: number): number {
    const from = this.#at;
    if (from + count > this.#bytes.length) throw new RangeError('the frame ends too early');
    this.#at += count;
    return from;
  }
}
