/**
 * What a consumer with isolation level read_committed may see, worked out from the log itself: from
 * the producer ids of the batches and from the markers behind them (KIP-98), and not from the list
 * of aborted transactions that a broker sends along, which is what clients are known to get wrong.
 *
 * In one partition a producer id has at most one transaction open at a time, so a marker ends all
 * batches of its producer id since the marker before; its epoch does not matter (since KIP-890 each
 * marker carries a higher one). A marker may stand alone: a transaction that wrote elsewhere.
 * Records at or above the first offset of the earliest open transaction (the last stable offset)
 * are not visible yet, plain ones neither.
 *
 * The batches have to begin where the log begins, or at least where no transaction was aborted in
 * between; a batch that cannot be decoded is told of, since it may have been a marker. A compacted
 * log loses markers after a while, so there a transaction can look open that is not.
 */
import type { ReadBatch, ReadRecord } from '../port.ts';

/** What became of a batch: `unreadable` has a wrong CRC. */
export type BatchFate = 'plain' | 'committed' | 'aborted' | 'open' | 'control' | 'unreadable';

/** A partition as a read_committed consumer may see it. */
export interface CommittedView {
  /** The visible records in order of offset. */
  readonly records: readonly ReadRecord[];
  /** The fate of each batch, in the order given. */
  readonly fates: readonly BatchFate[];
  /** First offset of the earliest open transaction, or the one behind the last batch. */
  readonly lastStable: bigint;
  /** Base offsets of batches whose records are not known: wrong CRC, or a codec not read here. */
  readonly unreadable: readonly bigint[];
}

/** Resolves the visibility of every batch of one partition. */
export function visibleCommitted(source: Iterable<ReadBatch>): CommittedView {
  const batches = [...source];
  const fates = fatesOf(batches);
  const firstOpen = batches[fates.indexOf('open')];
  const end = batches.at(-1);
  const lastStable = firstOpen?.baseOffset ?? (end === undefined ? 0n : end.lastOffset + 1n);
  const records: ReadRecord[] = [];
  const unreadable: bigint[] = [];
  for (const [index, batch] of batches.entries()) {
    const fate = fates[index];
    if (fate === 'unreadable') unreadable.push(batch.baseOffset);
    if (fate !== 'plain' && fate !== 'committed') continue;
    if (batch.records === null) unreadable.push(batch.baseOffset);
    else if (batch.baseOffset < lastStable)
      for (const record of batch.records) records.push(record);
  }
  return { records, fates, lastStable, unreadable };
}

function fatesOf(batches: readonly ReadBatch[]): BatchFate[] {
  const fates: BatchFate[] = [];
  const open = new Map<bigint, number[]>();
  for (const [index, batch] of batches.entries()) {
    if (!batch.crcOk) fates.push('unreadable');
    else if (batch.control !== null) {
      fates.push('control');
      if (batch.control === 'other') continue;
      const fate = batch.control === 'commit' ? 'committed' : 'aborted';
      for (const at of open.get(batch.producerId) ?? []) fates[at] = fate;
      open.delete(batch.producerId);
    } else if (batch.isTransactional) {
      fates.push('open');
      const pending = open.get(batch.producerId);
      if (pending === undefined) open.set(batch.producerId, [index]);
      else pending.push(index);
    } else fates.push('plain');
  }
  return fates;
}
