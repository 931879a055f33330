import type { ReadBatch } from '../../clients/kafka/port.ts';
import { decodeSegment } from '../../clients/kafka/reader/decode-segment.ts';
import type { Node } from '../../environments/node.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import { DATA } from './cluster-layout.ts';

/** Where a replica's segments are: Kafka names the folder for the partition. */
export const replicaFolder = (of: TopicPartition): { volume: string; folder: string } => ({
  volume: DATA,
  folder: showPartition(of),
});

/**
 * What one replica has on its disk, past the broker. Null when the volume cannot be read here;
 * empty when the node has no such replica.
 */
export async function readReplicaOf(
  node: Node,
  of: TopicPartition,
): Promise<readonly ReadBatch[] | null> {
  const volumes = node.control('volumes');
  if (volumes === undefined) return null;
  const { volume, folder } = replicaFolder(of);
  const files = await volumes.list(volume, folder);
  // Segments are named by their first offset in twenty digits, so names sort by offset.
  const segments = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)\d{20}\.log$/.test(path))
    .sort();
  const batches: ReadBatch[] = [];
  for (const segment of segments) {
    batches.push(...decodeSegment(await volumes.read(volume, segment)));
  }
  return batches;
}
