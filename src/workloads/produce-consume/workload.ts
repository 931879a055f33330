import type { Workload } from '../workload.ts';
import { finalReads } from './final-reads.ts';
import { groupOf } from './group.ts';
import { PRODUCE_CONSUME, type ProduceConsumeParams, parseParams } from './params.ts';
import { openReceiver } from './receiver.ts';
import { openSender } from './sender.ts';
import { ValueReader } from './value.ts';

/**
 * The plain workload of a log: numbered records go round over the partitions of its topics, a
 * consumer group reads them along, and at the end the whole log is read back. Each record says who
 * sent it, as which one, and carries a CRC, so that everything that can become of it can be told.
 */
export const produceConsumeWorkload: Workload<ProduceConsumeParams> = {
  name: PRODUCE_CONSUME,
  parse: parseParams,
  producers: ({ producers }) => producers,
  members: ({ group }) => group?.members ?? 0,
  openSender,
  openReceiver,
  groupOf: ({ group }, run) => (group === null ? null : groupOf(run)),
  identify(value, { run, params }) {
    const decoded = new ValueReader({ run, topics: params.topics }).decode(value);
    if (decoded.kind === 'damaged') return decoded.identity;
    if (decoded.kind !== 'ours') return null;
    const { session, topic, partition, sequence } = decoded;
    return { session, topic, partition, sequence };
  },
  finalReads,
};
