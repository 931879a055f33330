import type { LogReader, ReadBatch } from '../../../clients/kafka/port.ts';
import { decodeBatches } from '../../../clients/kafka/reader/decode-batches.ts';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { seconds } from '../../../core/time.ts';
import { showSpan } from '../../../core/units.ts';
import type { TopicPartition } from '../../../record/names.ts';
import type { SimBatch } from '../batch.ts';
import type { SimCluster } from '../cluster.ts';
import type { SimPartition } from '../partition.ts';
import { SimError } from '../sim-error.ts';

const BATCHES_MAX = 1_000;
/** How long it goes on without getting further, as our reader of real logs does. */
const PATIENCE = seconds(30);
const RETRY = 100;

/** Reads the bytes that the leader serves and decodes them as the reader of real logs does. */
export function simReader(cluster: SimCluster): LogReader {
  return {
    // oxlint-disable-next-line max-params -- the signature is the port's
    read: (of, from, to, signal) =>
      read(cluster, { of, from: Number(from), to: Number(to), signal }),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function* read(
  cluster: SimCluster,
  range: {
    readonly of: TopicPartition;
    readonly from: number;
    readonly to: number;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<ReadBatch> {
  const { of, to, signal } = range;
  let position = range.from;
  let since = cluster.agenda.now;
  let trouble = '';
  while (position < to) {
    signal.throwIfAborted();
    try {
      const batches = await fetch(cluster, of, position);
      if (batches.length > 0) since = cluster.agenda.now;
      else trouble = 'the log ends before';
      for (const batch of batches) {
        if (batch.baseOffset >= to) {
          position = batch.baseOffset;
          break;
        }
        yield* decodeBatches(Buffer.from(batch.bytes, 'latin1'));
        position = batch.lastOffset + 1;
      }
      if (batches.length > 0) continue;
    } catch (thrown) {
      if (!(thrown instanceof SimError)) throw thrown;
      trouble = messageOf(thrown);
    }
    if (cluster.agenda.now - since >= PATIENCE) {
      throw new HighwaterError(
        'CLIENT_FAILED',
        `read of ${of.topic}-${of.partition} stands at ${position} of ${to} since ` +
          `${showSpan(PATIENCE)}: ${trouble}`,
      );
    }
    await cluster.agenda.pause(RETRY, signal);
  }
}

function fetch(
  cluster: SimCluster,
  at: TopicPartition,
  position: number,
): Promise<readonly SimBatch[]> {
  const what = `fetch of ${at.topic}-${at.partition}`;
  const of: SimPartition | undefined = cluster.partition(at);
  if (of === undefined) throw new SimError('UNKNOWN_TOPIC_OR_PARTITION', false, what);
  if (of.leader === null) throw new SimError('LEADER_NOT_AVAILABLE', false, what);
  const to = cluster.broker(of.leader);
  return cluster.network.send<readonly SimBatch[]>({
    to,
    what,
    handle: (reply) =>
      of.leader === to.id
        ? reply.ok(to.logOf(of).between(position, of.highWatermark, BATCHES_MAX))
        : reply.error('NOT_LEADER_OR_FOLLOWER'),
  });
}
