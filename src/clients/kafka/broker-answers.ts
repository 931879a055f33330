import {
  apiVersionsV3,
  type Connection,
  DescribeClusterEndpointTypes,
  describeClusterV1,
  describeConfigsV4,
  describeQuorumV1,
  findCoordinatorV4,
  listOffsetsV7,
  metadataV12,
  offsetFetchV8,
  ProtocolError,
  ResponseError,
} from '@platformatic/kafka';
import { HighwaterError } from '../../core/errors.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { OffsetsAt, PartitionDescription } from './port.ts';
import { refused } from './refusal.ts';

/**
 * Single questions to a broker and their answers in our words. The versions are fixed: all of them
 * are spoken by every Kafka that can run in KRaft mode, from 3.3 to 4.x.
 */

/** What a broker says of topics and brokers. */
export type Metadata = metadataV12.MetadataResponse;

/**
 * Metadata of the named topics, or of all; what is wrong with one partition does not hide the
 * others.
 */
export async function metadataOf(
  connection: Connection,
  topics: readonly string[] | null,
): Promise<Metadata> {
  try {
    return await metadataV12.api.async(connection, topics === null ? null : [...topics], false);
  } catch (thrown) {
    if (thrown instanceof ResponseError) return thrown['response'] as Metadata;
    throw thrown;
  }
}

/** Partitions of the topics in a metadata answer; throws when a topic has none to show. */
export function partitionsIn(metadata: Metadata): readonly PartitionDescription[] {
  return metadata.topics.flatMap((topic) => {
    if (topic.errorCode !== 0)
      throw refusedCode(`metadata of topic ${topic.name}`, topic.errorCode);
    const sorted = [...topic.partitions].sort((a, b) => a.partitionIndex - b.partitionIndex);
    return sorted.map((partition) => ({
      topic: topic.name ?? '',
      partition: partition.partitionIndex,
      leader: partition.leaderId < 0 ? null : partition.leaderId,
      leaderEpoch: partition.leaderEpoch,
      replicas: partition.replicaNodes,
      isr: partition.isrNodes,
    }));
  });
}

/** Any answer to ApiVersions, which every node of Kafka gives on every listener. */
export async function greet(connection: Connection): Promise<void> {
  await apiVersionsV3.api.async(connection, 'highwater', '1');
}

/** What FindCoordinator looks for; its key types are numbers (Kafka's CoordinatorType). */
const KEY_TYPES = { group: 0, transaction: 1 } as const;

/** The broker that coordinates a group or a transactional id; throws while there is none. */
export async function coordinatorOf(
  connection: Connection,
  of: { readonly type: keyof typeof KEY_TYPES; readonly key: string },
): Promise<{ readonly broker: number; readonly address: string }> {
  const answer = await findCoordinatorV4.api.async(connection, KEY_TYPES[of.type], [of.key]);
  const coordinator = answer.coordinators[0];
  const code = coordinator === undefined ? COORDINATOR_NOT_AVAILABLE : coordinator.errorCode;
  if (coordinator === undefined || code !== 0) {
    throw refusedCode(`coordinator of ${of.type} ${of.key}`, code);
  }
  const { nodeId, host, port } = coordinator;
  return { broker: nodeId, address: `${host}:${port}` };
}

const COORDINATOR_NOT_AVAILABLE = 15;

/** DescribeQuorum (KIP-595). */
const DESCRIBE_QUORUM = 55;

/**
 * The active controller. In KRaft mode the one in the metadata is any broker that passes requests
 * on, and the quorum knows its leader; in ZooKeeper mode there is no quorum to ask, and brokers say
 * so by the list of what they answer.
 */
export async function controllerOf(connection: Connection): Promise<number | null> {
  const { apiKeys } = await apiVersionsV3.api.async(connection, 'highwater', '1');
  if (apiKeys.some(({ apiKey }) => apiKey === DESCRIBE_QUORUM)) {
    return (await quorumOf(connection)).leader;
  }
  const { controllerId } = await metadataOf(connection, []);
  return controllerId < 0 ? null : controllerId;
}

/** Voters of the metadata quorum, as its leader sees them. */
export interface QuorumView {
  readonly leader: number | null;
  readonly voters: readonly { readonly id: number; readonly logEnd: bigint }[];
}

/** Asks for the metadata quorum; a broker passes the question on to the active controller. */
export async function quorumOf(connection: Connection): Promise<QuorumView> {
  const answer = await describeQuorumV1.api.async(connection, [
    { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] },
  ]);
  const partition = answer.topics[0]?.partitions[0];
  if (partition === undefined) return { leader: null, voters: [] };
  if (partition.errorCode !== 0) throw refusedCode('the metadata quorum', partition.errorCode);
  return {
    leader: partition.leaderId < 0 ? null : partition.leaderId,
    voters: partition.currentVoters.map((voter) => ({
      id: voter.replicaId,
      logEnd: voter.logEndOffset,
    })),
  };
}

/** The id of the cluster that a controller belongs to (KIP-919: from 3.7 on). */
export async function clusterIdOfController(connection: Connection): Promise<string> {
  const answer = await describeClusterV1.api.async(
    connection,
    false,
    DescribeClusterEndpointTypes.CONTROLLERS,
  );
  return answer.clusterId;
}

/** Offsets of partitions that the asked broker leads. */
export async function offsetsOf(
  connection: Connection,
  partitions: readonly PartitionDescription[],
  at: OffsetsAt,
): Promise<ReadonlyMap<number, bigint>> {
  const topic = partitions[0]?.topic;
  if (topic === undefined) return new Map();
  const isolation = at === 'last-stable' ? 1 : 0;
  const timestamp = at === 'earliest' ? -2n : -1n;
  const answer = await listOffsetsV7.api.async(connection, -1, isolation, [
    {
      name: topic,
      partitions: partitions.map(({ partition, leaderEpoch }) => ({
        partitionIndex: partition,
        currentLeaderEpoch: leaderEpoch,
        timestamp,
      })),
    },
  ]);
  const offsets = answer.topics.flatMap((each) => each.partitions);
  return new Map(offsets.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
}

/** Committed offsets of a group as its coordinator has them; null where it has none. */
export async function committedOf(
  connection: Connection,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<number, bigint | null>> {
  const topic = partitions[0]?.topic;
  if (topic === undefined) return new Map();
  const partitionIndexes = partitions.map(({ partition }) => partition);
  const answer = await offsetFetchV8.api.async(
    connection,
    [
      {
        groupId: group,
        memberId: null,
        memberEpoch: -1,
        topics: [{ name: topic, partitionIndexes }],
      },
    ],
    false,
  );
  const answered = answer.groups[0];
  if (answered === undefined)
    throw new HighwaterError('CLIENT_FAILED', `group ${group}: no answer`);
  if (answered.errorCode !== 0) throw refusedCode(`offsets of group ${group}`, answered.errorCode);
  const committed = new Map<number, bigint | null>(partitionIndexes.map((index) => [index, null]));
  for (const each of answered.topics.flatMap((found) => found.partitions)) {
    if (each.errorCode !== 0) {
      const of = showPartition({ topic, partition: each.partitionIndex });
      throw refusedCode(`offset of group ${group} in ${of}`, each.errorCode);
    }
    if (each.committedOffset >= 0n) committed.set(each.partitionIndex, each.committedOffset);
  }
  return committed;
}

/** Effective configuration of a broker (asked of itself) or of a topic. */
export async function configOf(
  connection: Connection,
  of: { broker: number } | { topic: string },
): Promise<Readonly<Record<string, string>>> {
  const isBroker = 'broker' in of;
  const resource = {
    resourceType: isBroker ? (4 as const) : (2 as const),
    resourceName: isBroker ? String(of.broker) : of.topic,
  };
  const answer = await describeConfigsV4.api.async(connection, [resource], false, false);
  const result = answer.results[0];
  if (result === undefined || result.errorCode !== 0) {
    throw refusedCode(`configuration of ${resource.resourceName}`, result?.errorCode ?? -1);
  }
  // Sensitive values and those that are not set come as null.
  const known = result.configs.flatMap(({ name, value }) =>
    value === null ? [] : [[name, value]],
  );
  return Object.fromEntries(known) as Readonly<Record<string, string>>;
}

/** A refusal inside an answer that as a whole is none. */
const refusedCode = (what: string, code: number): HighwaterError =>
  refused(what, new ProtocolError(code)['apiId'] as string);
