import type { LogAdmin, LogReader } from '../../clients/kafka/port.ts';
import { messageOf } from '../../core/errors.ts';
import type { FinalOffsetsEvent } from '../../record/events.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { FinalReadInput } from '../workload.ts';
import { LogAudit } from './log-audit.ts';
import { type LogEnds, settledEnds } from './log-ends.ts';
import type { ProduceConsumeParams } from './params.ts';
import { ValueReader } from './value.ts';

/**
 * The final read: once the ends of the log stand still, everything from its start to its high
 * watermark is read back by our own reader, from the leaders, from the vantage that no fault
 * touches. What cannot be read is told in the partition's event, and its claims are inconclusive
 * then.
 */
export async function finalReads(input: FinalReadInput<ProduceConsumeParams>): Promise<void> {
  const { params, topics, sut, signal } = input;
  const clients = sut.clients('check');
  await using admin = await clients.admin(signal);
  await using reader = await clients.reader(signal);
  for (const topic of params.topics) {
    const partitions = topics.find(({ name }) => name === topic)?.partitions ?? 0;
    await readTopic({ input, admin, reader, topic, partitions });
  }
}

async function readTopic(of: {
  readonly input: FinalReadInput<ProduceConsumeParams>;
  readonly admin: LogAdmin;
  readonly reader: LogReader;
  readonly topic: string;
  readonly partitions: number;
}): Promise<void> {
  const { input, admin, reader, topic, partitions } = of;
  const { ends, trouble } = await settledEnds({ ...input, admin, topic, partitions });
  for (let partition = 0; partition < partitions; partition += 1) {
    const mine = ends.find((one) => one.partition === partition);
    if (mine === undefined) input.recorder.event(neverSeen({ topic, partition }, trouble));
    else {
      await readBack({ input, reader, of: { topic, partition }, ends: mine, unsettled: trouble });
    }
  }
}

interface ReadBack {
  readonly input: FinalReadInput<ProduceConsumeParams>;
  readonly reader: LogReader;
  readonly of: TopicPartition;
  readonly ends: LogEnds;
  /** Set when the ends never stood still. */
  readonly unsettled: string | null;
}

async function readBack({ input, reader, of, ends, unsettled }: ReadBack): Promise<void> {
  const { run, params, recorder, signal, progress } = input;
  const { logStart, highWatermark } = ends;
  const mine = input.attempted.filter((one) => showPartition(one) === showPartition(of));
  const attempted = new Map(mine.map(({ session, upTo }) => [session, upTo]));
  const values = new ValueReader({ run, topics: params.topics });
  const audit = new LogAudit({ of, values, attempted });
  let position = logStart;
  let broken: string | null = null;
  try {
    if (logStart < highWatermark) {
      for await (const batch of reader.read(of, logStart, highWatermark, signal)) {
        audit.take(batch, logStart, highWatermark);
        position = batch.lastOffset + 1n;
        progress(`${showPartition(of)}: at ${position} of ${highWatermark}`);
      }
    }
  } catch (thrown) {
    broken = messageOf(thrown);
  }
  recorder.deliveries(audit.deltas());
  recorder.event({
    kind: 'final-offsets',
    ...of,
    ...textOf(ends),
    position: String(position),
    records: audit.records,
    trouble: broken ?? audit.trouble ?? unsettled,
  });
  signal.throwIfAborted();
}

const textOf = ({ logStart, highWatermark, lastStable, leaderEpoch }: LogEnds) => ({
  logStart: String(logStart),
  highWatermark: String(highWatermark),
  lastStable: String(lastStable),
  leaderEpoch,
});

/** The ends of this partition were never told, so there was nothing to read up to. */
const neverSeen = (of: TopicPartition, trouble: string | null): FinalOffsetsEvent => ({
  kind: 'final-offsets',
  ...of,
  logStart: '0',
  highWatermark: '0',
  lastStable: '0',
  leaderEpoch: -1,
  position: null,
  records: 0,
  trouble: trouble ?? 'its ends were not told',
});
