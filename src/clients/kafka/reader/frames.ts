/** Far above any answer to our requests; a longer frame does not come from a Kafka broker. */
const FRAME_BYTES_MAX = 1024 * 1024 * 1024;

/** Who gets the frames; `broken` is told of bytes that are none, and then nothing more. */
export interface FrameSink {
  frame(bytes: Buffer): void;
  broken(why: string): void;
}

/** Cuts what arrives on a connection into frames, each after its length in four bytes. */
export function cutFrames(sink: FrameSink): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let have = 0;
  let want = 4;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= want) {
      // A frame of many chunks is put together once, when it is whole.
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, have);
      chunks = [bytes];
      const length = bytes.readInt32BE(0);
      if (length < 4 || length > FRAME_BYTES_MAX) {
        want = Number.POSITIVE_INFINITY;
        sink.broken(`a frame of ${length} bytes: no Kafka broker`);
        return;
      }
      want = 4 + length;
      if (have < want) return;
      sink.frame(bytes.subarray(4, want));
      chunks = have > want ? [bytes.subarray(want)] : [];
      have -= want;
      want = 4;
    }
  };
}
