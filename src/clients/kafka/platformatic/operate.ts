import {
  alterPartitionReassignmentsV0,
  apiVersionsV3,
  apiVersionsV4,
  type Connection,
  deleteTopicsV6,
  FeatureUpgradeTypes,
  incrementalAlterConfigsV1,
  listPartitionReassignmentsV0,
  unregisterBrokerV0,
  updateFeaturesV1,
} from '@platformatic/kafka';
import { HighwaterError } from '../../../core/errors.ts';
import type { TopicPartition } from '../../../record/names.ts';
import { metadataOf } from '../broker-answers.ts';
import type { BrokerCalls } from '../broker-calls.ts';
import type { ConfigOwner, FeatureView, LogOperations, Move } from '../operations.ts';
import { answeredError } from '../refusal.ts';
import { electLeaders } from './elect-leaders.ts';

/**
 * An operator's orders as single requests. In KRaft mode every broker passes them on to the active
 * controller; in ZooKeeper mode the others answer NOT_CONTROLLER, and the next one is asked.
 */
export function operationsOver(calls: BrokerCalls): LogOperations {
  return {
    deleteTopic: (topic) =>
      unless('UNKNOWN_TOPIC_OR_PARTITION', undefined, async () => {
        const named = [{ name: topic, topicId: null }];
        await calls.any((connection) => deleteTopicsV6.api.async(connection, named, TAKE_MS));
      }),
    alterConfig: async (of, changes) => {
      const order = alteration(of, changes);
      const ask = (connection: Connection) =>
        incrementalAlterConfigsV1.api.async(connection, [order], false);
      // A broker takes orders about itself only.
      await ('broker' in of ? calls.at(await addressOf(calls, of.broker), ask) : calls.any(ask));
    },
    reassign: async (moves) => {
      const topics = movesByTopic(moves);
      await calls.any((connection) =>
        alterPartitionReassignmentsV0.api.async(connection, TAKE_MS, false, topics),
      );
    },
    reassigning: () => calls.any(reassigningOf),
    electPreferred: async (partitions) => {
      await calls.any((connection) => electLeaders.async(connection, partitions, TAKE_MS));
    },
    unregister: (broker) =>
      unless('BROKER_ID_NOT_REGISTERED', false, async () => {
        await calls.any((connection) => unregisterBrokerV0.api.async(connection, broker));
        return true;
      }),
    features: async (broker) => calls.at(await addressOf(calls, broker), featuresOf),
    raiseFeatures: async (levels) => {
      const updates = Object.entries(levels).map(([feature, maxVersionLevel]) => ({
        feature,
        maxVersionLevel,
        upgradeType: FeatureUpgradeTypes.UPGRADE,
      }));
      await calls.any((connection) =>
        updateFeaturesV1.api.async(connection, TAKE_MS, updates, false),
      );
    },
  };
}

/** How long a controller may take over an order, inside the limit of a call. */
const TAKE_MS = 1_000;

/** Where a broker answers, as any of them knows it. */
export async function addressOf(calls: BrokerCalls, number: number): Promise<string> {
  const { brokers } = await calls.any((connection) => metadataOf(connection, []));
  const broker = brokers.find(({ nodeId }) => nodeId === number);
  if (broker === undefined) {
    throw new HighwaterError('CLIENT_FAILED', `broker ${number} is not in the cluster`);
  }
  return `${broker.host}:${broker.port}`;
}

/** One of Kafka's errors that is an answer like any other. */
async function unless<T>(error: string, then: T, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (thrown) {
    if (answeredError(thrown) === error) return then;
    throw thrown;
  }
}

/** Kafka's numbers for what has a configuration. */
const RESOURCE = { topic: 2, broker: 4 } as const;
const OPERATION = { set: 0, remove: 1 } as const;

const alteration = (of: ConfigOwner, changes: Readonly<Record<string, string | null>>) => ({
  resourceType: 'broker' in of ? RESOURCE.broker : RESOURCE.topic,
  resourceName: 'broker' in of ? String(of.broker) : of.topic,
  configs: Object.entries(changes).map(([name, value]) =>
    value === null
      ? { name, configOperation: OPERATION.remove }
      : { name, configOperation: OPERATION.set, value },
  ),
});

function movesByTopic(moves: readonly Move[]) {
  const names = [...new Set(moves.map(({ topic }) => topic))];
  return names.map((name) => ({
    name,
    partitions: moves
      .filter(({ topic }) => topic === name)
      .map(({ partition, replicas }) => ({ partitionIndex: partition, replicas: [...replicas] })),
  }));
}

async function reassigningOf(connection: Connection): Promise<readonly TopicPartition[]> {
  // No list means all of them, and the library's types do not know that.
  const all = null as unknown as [];
  const answer = await listPartitionReassignmentsV0.api.async(connection, TAKE_MS, all);
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
  );
}

/** Features that may be at level 0 are left out before version 4 (KIP-1022), of Kafka 3.9. */
async function featuresOf(connection: Connection): Promise<FeatureView> {
  const first = await apiVersionsV3.api.async(connection, ...CLIENT);
  const own = first.apiKeys.find(({ apiKey }) => apiKey === API_VERSIONS);
  const answer =
    (own?.maxVersion ?? 0) < 4 ? first : await apiVersionsV4.api.async(connection, ...CLIENT);
  const { finalizedFeatures = [], supportedFeatures = [] } = answer;
  return {
    finalized: Object.fromEntries(
      finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]),
    ),
    supportedMax: Object.fromEntries(
      supportedFeatures.map(({ name, maxVersion }) => [name, maxVersion]),
    ),
  };
}

const API_VERSIONS = 18;
const CLIENT = ['highwater', '1'] as const;
