import type { GroupPartitionsAssigner, ConsumerOptions as Settings } from '@platformatic/kafka';
import { type Span, seconds } from '../../../core/time.ts';
import type { MemberClient } from '../group-member.ts';
import type { ConsumerOptions, Membership } from '../port.ts';
import { rangeShares } from '../range-shares.ts';

/** Beside the session: how long a request may take that waits for a rebalance. */
const PATIENCE: Span = seconds(5);
const REBALANCE_LIMIT: Span = seconds(60);

type PlatformaticSettings = Settings<Buffer, Buffer, Buffer, Buffer>;

/** How the library's consumer is set up for a member. */
export function platformaticSettings(
  { bootstrap, clientId }: MemberClient,
  { group, member, sessionTimeout, heartbeatInterval }: ConsumerOptions,
  { protocol, assignor, isStatic }: Membership,
): PlatformaticSettings {
  const common = {
    clientId,
    bootstrapBrokers: [...bootstrap],
    groupId: group,
    ...(isStatic ? { groupInstanceId: `${group}-${member ?? clientId}` } : {}),
    rebalanceTimeout: REBALANCE_LIMIT,
    autocommit: false,
    // read_committed, stated and not left to a default: lag is counted to the last stable offset.
    isolationLevel: 1,
    connectTimeout: seconds(1),
    requestTimeout: sessionTimeout + PATIENCE,
    retries: 10,
    retryDelay: 100,
    metadataMaxAge: seconds(2),
  };
  if (protocol === 'consumer') {
    return { ...common, groupProtocol: 'consumer', groupRemoteAssignor: assignor };
  }
  return {
    ...common,
    sessionTimeout,
    heartbeatInterval,
    protocols: [{ name: PROTOCOL_NAMES[assignor], version: 1 }],
    ...(assignor === 'range' ? { partitionAssigner: byRange } : {}),
  };
}

const PROTOCOL_NAMES: Readonly<Record<Membership['assignor'], string>> = {
  range: 'range',
  'round-robin': 'roundrobin',
  'cooperative-sticky': 'cooperative-sticky',
  uniform: 'roundrobin',
};

/** As Kafka's RangeAssignor names itself; the library brings round-robin and cooperative-sticky. */
const byRange: GroupPartitionsAssigner = (...[, members, topics, metadata]) => {
  const partitions = new Map(
    [...topics].map((topic) => {
      const count = metadata.topics.get(topic)?.partitionsCount ?? 0;
      return [topic, Array.from({ length: count }, (_, partition) => partition)] as const;
    }),
  );
  return [...rangeShares([...members.keys()], partitions)].map(([memberId, share]) => ({
    memberId,
    assignments: new Map(
      [...share].map(([topic, mine]) => [topic, { topic, partitions: mine }] as const),
    ),
  }));
};
