import type { Consumer } from 'kafkajs';
import { showPartition, type TopicPartition } from '../../../record/names.ts';
import type { ClientLog } from '../client-log.ts';
import { assignedIn, committing } from '../group-member.ts';

/** What of kafkajs' consumer is needed for where a member is. */
type Positioned = Pick<Consumer, 'on' | 'events' | 'seek' | 'commitOffsets'>;

/**
 * Knows where this member is in each of its partitions, and commits that.
 *
 * When it joins anew and finds a partition in its hands again it goes on where it was. kafkajs
 * joins anew after many a passing error, and would go back to the last commit each time; other
 * clients keep their position then. A partition that went to another member is forgotten.
 *
 * What a batch itself offers for commits belongs to the life of the member in which that batch
 * came: after kafkajs has started over it asks the coordinator of old in the name of the member of
 * old, for ever when no further batch comes. So all positions are committed, by the consumer, each
 * time, as the Java client does (ConsumerCoordinator, doAutoCommitOffsetsAsync).
 */
export function keepPositions(consumer: Positioned, log: ClientLog): { commit(): Promise<void> } {
  const next = new Map<string, TopicPartition & { readonly offset: string }>();
  const { END_BATCH_PROCESS, GROUP_JOIN } = consumer.events;
  // Tells of batches as well that have nothing for the reader: what was aborted, and the markers.
  consumer.on(END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
    const of = { topic, partition };
    next.set(showPartition(of), { ...of, offset: String(BigInt(lastOffset) + 1n) });
  });
  consumer.on(GROUP_JOIN, ({ payload }) => {
    const kept = new Set(assignedIn(payload.memberAssignment).map(showPartition));
    for (const [key, position] of next) {
      if (kept.has(key)) consumer.seek(position);
      else next.delete(key);
    }
  });
  return {
    commit: committing(log, async () => {
      if (next.size > 0) await consumer.commitOffsets([...next.values()]);
    }),
  };
}
