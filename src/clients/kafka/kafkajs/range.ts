import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { rangeShares } from '../range-shares.ts';

/**
 * The range assignor for kafkajs, which brings round-robin only: written against its interface for
 * assignors. As Kafka's RangeAssignor names itself, so that its groups look the same to tools.
 */
export const rangeAssigner: PartitionAssigner = ({ cluster }) => ({
  name: 'range',
  version: 0,
  async assign({ members, topics }) {
    const partitions = new Map(
      topics.map((topic) => {
        const known = cluster.findTopicPartitionMetadata(topic);
        return [topic, known.map(({ partitionId }) => partitionId)] as const;
      }),
    );
    const shares = rangeShares(
      members.map(({ memberId }) => memberId),
      partitions,
    );
    return [...shares].map(([memberId, share]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 0,
        assignment: Object.fromEntries(share) as Record<string, number[]>,
        userData: Buffer.alloc(0),
      }),
    }));
  },
  protocol: ({ topics }) => ({
    name: 'range',
    metadata: AssignerProtocol.MemberMetadata.encode({
      version: 0,
      topics,
      userData: Buffer.alloc(0),
    }),
  }),
});
