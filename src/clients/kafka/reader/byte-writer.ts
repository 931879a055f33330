/** Puts values together as the Kafka protocol lays them out; integers are big-endian. */
export interface ByteWriter {
  int8(value: number): ByteWriter;
  int16(value: number): ByteWriter;
  int32(value: number): ByteWriter;
  uint32(value: number): ByteWriter;
  int64(value: bigint): ByteWriter;
  /** Zigzag. */
  varint(value: number | bigint): ByteWriter;
  string(value: string | null): ByteWriter;
  bytes(value: Uint8Array): ByteWriter;
  /** The count, then each item. */
  array<T>(items: readonly T[], write: (item: T) => void): ByteWriter;
  done(): Buffer;
}

/** Opens an empty writer. */
export function byteWriter(): ByteWriter {
  const parts: Uint8Array[] = [];
  const fixed = (size: number, write: (part: Buffer) => void): ByteWriter => {
    const part = Buffer.alloc(size);
    write(part);
    parts.push(part);
    return writer;
  };
  const writer: ByteWriter = {
    int8: (value) => fixed(1, (part) => part.writeInt8(value)),
    int16: (value) => fixed(2, (part) => part.writeInt16BE(value)),
    int32: (value) => fixed(4, (part) => part.writeInt32BE(value)),
    uint32: (value) => fixed(4, (part) => part.writeUInt32BE(value)),
    int64: (value) => fixed(8, (part) => part.writeBigInt64BE(value)),
    varint: (value) => {
      const wide = BigInt(value);
      let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
      const bytes: number[] = [];
      for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
      return writer.bytes(Uint8Array.of(...bytes, Number(rest)));
    },
    string: (value) => {
      if (value === null) return writer.int16(-1);
      const text = Buffer.from(value, 'utf8');
      return writer.int16(text.length).bytes(text);
    },
    bytes: (value) => {
      parts.push(value);
      return writer;
    },
    array: (items, write) => {
      writer.int32(items.length);
      for (const item of items) write(item);
      return writer;
    },
    done: () => Buffer.concat(parts),
  };
  return writer;
}
