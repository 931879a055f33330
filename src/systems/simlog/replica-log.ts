import { showPartition, type TopicPartition } from '../../record/names.ts';
import { batchesIn, crcOf, type SimBatch } from './batch.ts';

/** The segment of a replica, as Kafka names the first one. A simulated log never rolls. */
export const segmentPath = (of: TopicPartition): string =>
  `${showPartition(of)}/00000000000000000000.log`;

/**
 * One broker's copy of one partition. Its file in the broker's volume is the truth and outlives the
 * broker; the batches beside it are what a running broker has in memory, read anew at each boot.
 */
export class ReplicaLog {
  private readonly files: Map<string, string>;
  private readonly path: string;
  private readonly batches: SimBatch[];
  /** The offset that the next record gets; gaps behind it do not matter. */
  private end: number;

  constructor(files: Map<string, string>, of: TopicPartition) {
    this.files = files;
    this.path = segmentPath(of);
    this.batches = batchesIn(files.get(this.path) ?? '');
    this.end = endOf(this.batches);
    if (!files.has(this.path)) files.set(this.path, '');
  }

  get logEnd(): number {
    return this.end;
  }

  append(batch: SimBatch): void {
    this.batches.push(batch);
    this.end = batch.lastOffset + 1;
    this.files.set(this.path, (this.files.get(this.path) ?? '') + batch.bytes);
  }

  /**
   * Takes note that the log goes on up to here although no batch says so: its last ones were taken
   * out.
   */
  reach(end: number): void {
    this.end = Math.max(this.end, end);
  }

  /** Batches that touch [from, before), at most so many. */
  between(from: number, before: number, most = Number.POSITIVE_INFINITY): SimBatch[] {
    const found: SimBatch[] = [];
    for (let at = this.firstFrom(from); at < this.batches.length && found.length < most; at += 1) {
      const batch = this.batches[at] as SimBatch;
      if (batch.lastOffset >= before) break;
      found.push(batch);
    }
    return found;
  }

  /** Takes batches out as if they had never been; what is behind them keeps its offsets. */
  remove(lost: (batch: SimBatch) => boolean): number {
    const kept = this.batches.filter((batch) => !lost(batch));
    const gone = this.batches.length - kept.length;
    if (gone > 0) this.rewrite(kept);
    return gone;
  }

  /** Cuts the log before an offset; batches that reach over it go. */
  truncate(to: number): void {
    if (this.end <= to) return;
    this.rewrite(this.batches.filter(({ lastOffset }) => lastOffset < to));
    this.end = Math.min(to, endOf(this.batches));
  }

  /**
   * Cuts the log where it begins to differ from the leader's, as a follower does (KIP-101,
   * KIP-279).
   */
  alignTo(leader: ReplicaLog): void {
    const differs = this.batches.findIndex((batch, at) => !isSame(batch, leader.batches[at]));
    if (differs >= 0) this.rewrite(this.batches.slice(0, differs));
    this.end = Math.min(endOf(this.batches), leader.end);
  }

  /** The last batches, the newest first. */
  newest(count: number): SimBatch[] {
    return this.batches.slice(-count).reverse();
  }

  private rewrite(batches: readonly SimBatch[]): void {
    this.batches.splice(0, this.batches.length, ...batches);
    this.files.set(this.path, batches.map(({ bytes }) => bytes).join(''));
  }

  /** Index of the first batch that reaches `offset`. */
  private firstFrom(offset: number): number {
    let low = 0;
    let high = this.batches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.batches[middle] as SimBatch).lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const endOf = (batches: readonly SimBatch[]): number => (batches.at(-1)?.lastOffset ?? -1) + 1;

const isSame = (batch: SimBatch, other: SimBatch | undefined): boolean =>
  other !== undefined &&
  batch.baseOffset === other.baseOffset &&
  batch.leaderEpoch === other.leaderEpoch &&
  crcOf(batch) === crcOf(other);
