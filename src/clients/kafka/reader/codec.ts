import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { ReadBatch } from '../port.ts';

/** How the records of a batch are compressed. */
export type Codec = ReadBatch['codec'];

/** Codecs by their number in the attributes of a batch; zstd came with KIP-110. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const satisfies readonly Codec[];

/** Brokers bound batches far lower; this only keeps rotten bytes from filling memory. */
const INFLATED_MAX = 512 * 1024 * 1024;

/** The payload as it was before compression; null for a codec that cannot be read here. */
export function decompress(codec: Codec, payload: Uint8Array): Uint8Array | null {
  switch (codec) {
    case 'none':
      return payload;
    case 'gzip':
      return gunzipSync(payload, { maxOutputLength: INFLATED_MAX });
    case 'zstd':
      // Absent from Node before 22.15.
      if (typeof zstdDecompressSync !== 'function') return null;
      return zstdDecompressSync(payload, { maxOutputLength: INFLATED_MAX });
    default:
      return null;
  }
}
