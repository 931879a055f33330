import type { ReadBatch } from '../port.ts';

/** One line a batch, for people who look at evidence, with the words of kafka-dump-log. */
export function dumpBatches(batches: Iterable<ReadBatch>): string {
  let text = '';
  for (const batch of batches) text += `${dumpLine(batch)}\n`;
  return text;
}

function dumpLine(batch: ReadBatch): string {
  const parts = [
    `baseOffset: ${batch.baseOffset}`,
    `lastOffset: ${batch.lastOffset}`,
    `count: ${batch.records?.length ?? '?'}`,
    `baseSequence: ${batch.baseSequence}`,
    `producerId: ${batch.producerId}`,
    `producerEpoch: ${batch.producerEpoch}`,
    `partitionLeaderEpoch: ${batch.leaderEpoch}`,
    `isTransactional: ${batch.isTransactional}`,
    `isControl: ${batch.control !== null}`,
    `compresscodec: ${batch.codec}`,
    `crcOk: ${batch.crcOk}`,
  ];
  const first = batch.records?.[0];
  if (first !== undefined) parts.push(`firstTimestamp: ${first.timestamp}`);
  if (batch.control !== null) parts.push(`marker: ${batch.control.toUpperCase()}`);
  return parts.join(' ');
}
