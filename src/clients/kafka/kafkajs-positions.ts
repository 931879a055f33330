import type { Consumer, EachBatchPayload } from 'kafkajs';
import { showPartition } from '../../record/names.ts';
import { assignedIn, committing } from './group-member.ts';
import type { ClientLog } from './kafkajs-base.ts';
import type { ConsumedBatch } from './port.ts';

/**
 * Goes on where this member was when it joins anew and finds a partition in its hands again.
 * kafkajs joins anew after many a passing error, and would go back to the last commit each time;
 * other clients keep their position then. A partition that went to another member is forgotten.
 */
export function keepPositions(consumer: Consumer): { handedOver(batch: ConsumedBatch): void } {
  const next = new Map<string, bigint>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const assigned = assignedIn(payload.memberAssignment);
    const kept = new Set(assigned.map(showPartition));
    for (const key of next.keys()) if (!kept.has(key)) next.delete(key);
    for (const of of assigned) {
      const offset = next.get(showPartition(of));
      if (offset !== undefined) consumer.seek({ ...of, offset: String(offset) });
    }
  });
  return {
    handedOver(batch) {
      const last = batch.records.at(-1);
      if (last !== undefined) next.set(showPartition(batch), last.offset + 1n);
    },
  };
}

/** Commits what was handed over. */
export function committer(log: ClientLog): {
  follow(payload: EachBatchPayload): void;
  commit(): Promise<void>;
} {
  let latest: EachBatchPayload | undefined;
  return {
    follow: (payload) => {
      latest = payload;
    },
    commit: committing(log, async () => {
      // Only partitions that are assigned to this member now are in here.
      const offsets = latest?.uncommittedOffsets();
      if (latest === undefined || offsets === undefined || offsets.topics.length === 0) return;
      await latest.commitOffsetsIfNecessary(offsets);
    }),
  };
}
