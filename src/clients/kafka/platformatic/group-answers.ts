import { type Connection, consumerGroupDescribeV0, describeGroupsV5 } from '@platformatic/kafka';
import { AssignerProtocol } from 'kafkajs';
import type { TopicPartition } from '../../../record/names.ts';
import { assignedIn } from '../group-member.ts';
import type { GroupDescription } from '../port.ts';

/**
 * A group as its coordinator describes it. A group of KIP-848 is none to DescribeGroups, which says
 * `Dead` of what it does not know; then the newer question is asked, where brokers know it.
 */
export async function groupOf(connection: Connection, name: string): Promise<GroupDescription> {
  const answer = await describeGroupsV5.api.async(connection, [name], false);
  const group = answer.groups[0];
  if (group !== undefined && group.errorCode === 0 && group.groupState !== 'Dead') {
    return {
      state: group.groupState,
      members: group.members.map((member) => ({
        clientId: member.clientId,
        instance: member.groupInstanceId ?? null,
        assigned: assignmentIn(member.memberAssignment),
      })),
    };
  }
  return (await consumerGroupOf(connection, name)) ?? { state: 'Dead', members: [] };
}

/** Null where there is no such group, or no such question. */
async function consumerGroupOf(
  connection: Connection,
  name: string,
): Promise<GroupDescription | null> {
  const answer = await consumerGroupDescribeV0.api
    .async(connection, [name], false)
    .catch(() => null);
  const group = answer?.groups[0];
  if (group === undefined || group.errorCode !== 0) return null;
  return {
    state: group.groupState,
    members: group.members.map(({ clientId, instanceId, assignment }) => ({
      clientId,
      instance: instanceId ?? null,
      assigned: assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
        partitions.map((partition) => ({ topic: topicName, partition })),
      ),
    })),
  };
}

/** What the leader of a classic group assigned, in the encoding that all clients share. */
function assignmentIn(encoded: Buffer): readonly TopicPartition[] {
  if (encoded.length === 0) return [];
  const decoded = AssignerProtocol.MemberAssignment.decode(encoded);
  return assignedIn(decoded?.assignment ?? {});
}
