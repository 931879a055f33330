import { HighwaterError } from '../../../core/errors.ts';
import { showPartition, type TopicPartition } from '../../../record/names.ts';
import type { ReadBatch } from '../port.ts';
import { decodeBatches } from './decode-batches.ts';
import { endOfLog } from './end-of-log.ts';
import type { Ask } from './patient-asker.ts';
import { answerError, PassingTrouble } from './protocol-errors.ts';
import { type FetchAnswer, fetch } from './requests.ts';

/** What to read; see LogReader in the port. */
export interface ReadRange {
  readonly of: TopicPartition;
  readonly from: bigint;
  readonly to: bigint;
  readonly fetchBytes: number;
}

/** How long a broker may hold an empty answer back; short, since what is read should be there. */
const MAX_WAIT_MS = 200;
const OFFSET_OUT_OF_RANGE = 1;
const FETCH_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Yields the batches that touch [from, to), whole and each once, until the position is at or past
 * `to`. The position moves by the last offset of a batch, not by records: control batches, gaps of
 * compaction and emptied batches count as read.
 */
export async function* readLog(ask: Ask, range: ReadRange): AsyncGenerator<ReadBatch> {
  const { of, from, to } = range;
  let position = from;
  let highest = -1n; // base offset of the last batch that was yielded
  let fetchBytes = range.fetchBytes;
  while (position < to) {
    const at = position;
    let again: ReadBatch | undefined;
    for (const batch of decodeBatches(await fetchAt(ask, { ...range, fetchBytes }, at))) {
      // The broker begins with the batch that holds the position, and may send more than asked.
      if (batch.baseOffset === highest) again = batch;
      else if (batch.baseOffset < highest) throw backwards(of, batch.baseOffset, highest);
      else if (batch.baseOffset >= to) {
        position = batch.baseOffset;
        break;
      } else if (!batch.crcOk || batch.lastOffset >= from) {
        highest = batch.baseOffset;
        position = later(position, endOf(batch));
        yield batch;
      }
    }
    if (position > at) continue;
    if (again !== undefined) position = later(again.lastOffset + 1n, at + 1n);
    // Brokers give at least one whole batch (KIP-74); one that does not gets asked for more.
    else if (fetchBytes < FETCH_BYTES_MAX) fetchBytes = Math.min(fetchBytes * 2, FETCH_BYTES_MAX);
    else throw new HighwaterError('CLIENT_FAILED', `${showPartition(of)}: no whole batch at ${at}`);
  }
}

/** Where to go on after a batch; the last offset of one with a wrong CRC is not to be trusted. */
const endOf = (batch: ReadBatch): bigint =>
  (batch.crcOk ? batch.lastOffset : batch.baseOffset) + 1n;

const later = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** Fetches from an offset; gives at least one byte. */
async function fetchAt(ask: Ask, range: ReadRange, at: bigint): Promise<Uint8Array> {
  const answer = await ask(`fetch at offset ${at}`, async (leader, signal) => {
    const { fetchBytes: maxBytes, of } = range;
    const what = { ...of, leaderEpoch: leader.epoch, offset: at, maxBytes, maxWaitMs: MAX_WAIT_MS };
    const fetched = await leader.connection.ask(fetch, what, signal);
    if (fetched.error === OFFSET_OUT_OF_RANGE) return fetched;
    if (fetched.error !== 0) throw answerError(fetched.error, `Fetch of ${showPartition(of)}`);
    // Right after an election the high watermark of a new leader can be behind for a moment.
    if (fetched.bytes.length === 0) throw new PassingTrouble(nothingThere(fetched, range, at));
    return fetched;
  });
  if (answer.error === OFFSET_OUT_OF_RANGE) throw await outOfRange(ask, range, at);
  return answer.bytes;
}

const nothingThere = ({ highWatermark }: FetchAnswer, { to }: ReadRange, at: bigint): string =>
  highWatermark <= at
    ? `the log ends at ${highWatermark}, before ${to}`
    : `nothing at ${at}, below the high watermark ${highWatermark}`;

const backwards = (of: TopicPartition, found: bigint, before: bigint): HighwaterError =>
  new HighwaterError('CLIENT_FAILED', `${showPartition(of)}: batch at ${found} after ${before}`);

/** A refused fetch does not tell what the log holds, so the leader is asked. */
async function outOfRange(ask: Ask, { of, to }: ReadRange, at: bigint): Promise<HighwaterError> {
  const start = await endOfLog(ask, of, 'earliest');
  const end = await endOfLog(ask, of, 'high-watermark');
  return new HighwaterError(
    'CLIENT_FAILED',
    `${showPartition(of)}: fetch at offset ${at}: OFFSET_OUT_OF_RANGE, ` +
      `the log begins at ${start} and ends at ${end}`,
    {
      facts: { ...of, at: String(at), to: String(to), start: String(start), end: String(end) },
      hint:
        at < start
          ? 'retention or DeleteRecords took the start of the log away'
          : 'the log was truncated: an unclean election, or a replica that lost its disk',
    },
  );
}
