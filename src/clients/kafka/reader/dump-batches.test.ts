import { describe, expect, it } from 'vitest';
import { decodeSegment } from './decode-segment.ts';
import { dumpBatches } from './dump-batches.ts';
import { encodeBatch, encodeMarker } from './testing/encode-batch.ts';

describe('dumpBatches', () => {
  it('writes one line a batch, a torn one at the end left out', () => {
    const producer = { producerId: 1000n, producerEpoch: 2 };
    const data = encodeBatch({
      ...producer,
      baseOffset: 5n,
      leaderEpoch: 4,
      baseSequence: 7,
      baseTimestamp: 1_700_000_000_000n,
      codec: 'gzip',
      isTransactional: true,
      records: [{ value: Buffer.from('a') }, { value: Buffer.from('b') }],
    });
    const torn = encodeBatch({ baseOffset: 8n, records: [{}] }).subarray(0, 30);
    const marker = encodeMarker('abort', { ...producer, baseOffset: 7n });
    const flipped = Buffer.from(data);
    flipped[60] = 9;
    const segment = Buffer.concat([data, marker, flipped, torn]);
    expect(dumpBatches(decodeSegment(segment))).toMatchInlineSnapshot(`
      "baseOffset: 5 lastOffset: 6 count: 2 baseSequence: 7 producerId: 1000 producerEpoch: 2 partitionLeaderEpoch: 4 isTransactional: true isControl: false compresscodec: gzip crcOk: true firstTimestamp: 1700000000000
      baseOffset: 7 lastOffset: 7 count: 1 baseSequence: -1 producerId: 1000 producerEpoch: 2 partitionLeaderEpoch: 0 isTransactional: true isControl: true compresscodec: none crcOk: true firstTimestamp: 0 marker: ABORT
      baseOffset: 5 lastOffset: 6 count: ? baseSequence: 7 producerId: 1000 producerEpoch: 2 partitionLeaderEpoch: 4 isTransactional: true isControl: false compresscodec: gzip crcOk: false
      "
    `);
  });
});
