import { type Metadata, metadataOf } from './broker-answers.ts';
import type { BrokerCalls } from './broker-calls.ts';

/**
 * Metadata of topics from the broker that knows most. A broker that is cut off from the controller
 * goes on answering with what it knew, and names itself the leader; the newest leader epochs are
 * right, as the Java client has it too (KIP-320). Where the epochs are the same, whoever still
 * counts a broker in that others have fenced is behind. Clients that begin anew begin at whoever
 * knows most.
 */
export async function newestMetadata(
  calls: Pick<BrokerCalls, 'all' | 'prefer'>,
  topics: readonly string[] | null,
): Promise<Metadata> {
  const answers = await calls.all((connection) => metadataOf(connection, topics));
  const [newest] = answers.toSorted((a, b) => compare(newsOf(b.value), newsOf(a.value)));
  if (newest === undefined) throw new Error('no broker answers');
  calls.prefer(newest.address);
  return newest.value;
}

/** What tells how new an answer is, the weightiest first. */
function newsOf({ topics, brokers }: Metadata): readonly number[] {
  const partitions = topics.flatMap((topic) => topic.partitions);
  const epochs = partitions.reduce((sum, { leaderEpoch }) => sum + leaderEpoch, 0);
  return [epochs, partitions.length, -brokers.length];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
