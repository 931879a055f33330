import type { LogAdmin, PartitionDescription } from '../../clients/kafka/port.ts';
import { HighwaterError } from '../../core/errors.ts';
import { untilAborted } from '../../core/until-aborted.ts';
import type { NodeId } from '../../record/names.ts';
import type { Leadership, Sut } from '../system.ts';

type NodeOf = (broker: number) => NodeId;

/** Who leads which partition, asked through an admin client and told in nodes. */
export function leadershipBy(
  admin: () => LogAdmin,
  nodeOf: NodeOf,
): Pick<Sut, 'leadership' | 'leaderOf'> {
  const leadership: Sut['leadership'] = async (topics, signal) => {
    const partitions = await untilAborted(admin().topics(topics), signal);
    return partitions.map((partition) => asLeadership(partition, nodeOf));
  };
  return {
    leadership,
    leaderOf: async (of, signal) => {
      const partitions = await leadership([of.topic], signal);
      const found = partitions.find(({ partition }) => partition === of.partition);
      if (found !== undefined) return found.leader;
      throw new HighwaterError('CLIENT_FAILED', `${of.topic} has no partition ${of.partition}`);
    },
  };
}

const asLeadership = (
  { topic, partition, leader, leaderEpoch, replicas, isr }: PartitionDescription,
  nodeOf: NodeOf,
): Leadership => ({
  topic,
  partition,
  leader: leader === null ? null : nodeOf(leader),
  epoch: leaderEpoch,
  replicas: replicas.map(nodeOf),
  isr: isr.map(nodeOf),
});
