import type { Workload } from '../workload.ts';
import { finalReads } from './final-reads.ts';
import { groupOf } from './group.ts';
import { PRODUCE_CONSUME, type ProduceConsumeParams, parseParams } from './params.ts';
import { openReceiver } from './receiver.ts';
import { openSender } from './sender.ts';
import { ValueReader } from './value.ts';

/**
 * The plain workload of a log: numbered records go round over the partitions of one topic, a
 * consumer group reads them along, and at the end the whole log is read back. Each record says who
 * sent it, as which one, and carries a CRC, so that everything that can become of it can be told.
 */
export const produceConsumeWorkload: Workload<ProduceConsumeParams> = {
  name: PRODUCE_CONSUME,
  receives: true,
  parse: parseParams,
  openSender,
  openReceiver,
  groupOf: (params, run) => (params.group ? groupOf(run) : null),
  identify(value, run) {
    const decoded = new ValueReader(run).decode(value);
    if (decoded.kind === 'damaged') return decoded.identity;
    if (decoded.kind !== 'ours') return null;
    const { session, partition, sequence } = decoded;
    return { session, partition, sequence };
  },
  finalReads,
};
