import type { ReadBatch } from '../port.ts';
import { decodeBatches, type Tail } from './decode-batches.ts';

/**
 * The batches of a segment, the content of a `.log` file: what a replica has on its disk, whatever
 * it serves. A batch that was cut short by a crash and the zeros of a preallocated file end it; the
 * generator returns which of them it was.
 */
export const decodeSegment = (bytes: Uint8Array): Generator<ReadBatch, Tail> =>
  decodeBatches(bytes);
