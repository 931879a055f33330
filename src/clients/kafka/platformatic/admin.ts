import { createTopicsV7 } from '@platformatic/kafka';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { showPartition } from '../../../record/names.ts';
import type { TopicPlan } from '../../../record/plan.ts';
import {
  committedOf,
  configOf,
  controllerOf,
  coordinatorOf,
  metadataOf,
  offsetsOf,
  partitionsIn,
} from '../broker-answers.ts';
import { type BrokerCallOptions, type BrokerCalls, openBrokerCalls } from '../broker-calls.ts';
import { newestMetadata } from '../newest-metadata.ts';
import type { ClusterDescription, LogAdmin, OffsetsAt, PartitionDescription } from '../port.ts';
import { answeredError } from '../refusal.ts';
import { groupOf } from './group-answers.ts';
import { addressOf, operationsOver } from './operate.ts';

/**
 * The admin side of the port, by single requests of @platformatic/kafka. kafkajs is not asked: it
 * sees the stable offset only, no leader epoch and no quorum, and resends inside without a limit of
 * its own. Every look asks anew; nothing is cached but connections.
 */
export function platformaticAdmin(options: BrokerCallOptions): LogAdmin {
  const calls = openBrokerCalls(options);
  const topics = async (names: readonly string[]): Promise<readonly PartitionDescription[]> =>
    partitionsIn(await newestMetadata(calls, names));
  return {
    ...operationsOver(calls),
    cluster: () => describeCluster(calls),
    createTopic: (topic) => createTopic(calls, options.bootstrap, topic),
    topics,
    allTopics: async () => partitionsIn(await newestMetadata(calls, null)),
    offsets: async (topic, at) => offsetsOfAll(calls, await metadataAndLeaders(calls, topic), at),
    async group(name) {
      const coordinator = await calls.any((connection) =>
        coordinatorOf(connection, { type: 'group', key: name }),
      );
      return calls.at(coordinator.address, (connection) => groupOf(connection, name));
    },
    async committed(group, topic) {
      const [partitions, coordinator] = await Promise.all([
        topics([topic]),
        calls.any((connection) => coordinatorOf(connection, { type: 'group', key: group })),
      ]);
      return calls.at(coordinator.address, (connection) =>
        committedOf(connection, group, partitions),
      );
    },
    async config(of) {
      if (!('broker' in of)) return calls.any((connection) => configOf(connection, of));
      return calls.at(await addressOf(calls, of.broker), (connection) => configOf(connection, of));
    },
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  };
}

async function describeCluster(calls: BrokerCalls): Promise<ClusterDescription> {
  const [metadata, controller] = await Promise.all([
    calls.any((connection) => metadataOf(connection, [])),
    // Without a leader of the quorum the question is not answered: then there is no controller.
    calls.any(controllerOf).catch(() => null),
  ]);
  return {
    clusterId: metadata.clusterId ?? '',
    controller,
    brokers: metadata.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
  };
}

/**
 * Creates a topic and does not wait for its leaders. One broker after the other: when an answer got
 * lost, the next finds the topic there already, which is then what was wanted; and in ZooKeeper
 * mode only the controller does it, the others pass nothing on.
 */
async function createTopic(
  calls: BrokerCalls,
  bootstrap: readonly string[],
  topic: TopicPlan,
): Promise<void> {
  const wanted = {
    name: topic.name,
    numPartitions: topic.partitions,
    replicationFactor: topic.replication,
    assignments: [],
    configs: Object.entries({
      'min.insync.replicas': String(topic.minInSync),
      ...topic.config,
    }).map(([name, value]) => ({ name, value })),
  };
  let lost: unknown;
  let refusal: unknown;
  // Twice around: in ZooKeeper mode the one broker that does it may have answered too late, and
  // then only it can tell that the topic is there.
  for (const address of [...bootstrap, ...bootstrap]) {
    try {
      await calls.at(address, (connection) =>
        createTopicsV7.api.async(connection, [wanted], 1_000, false),
      );
      return;
    } catch (thrown) {
      const answered = answeredError(thrown);
      if (answered === 'TOPIC_ALREADY_EXISTS' && lost !== undefined) return;
      refusal = thrown;
      if (answered === 'NOT_CONTROLLER') continue;
      if (answered !== undefined && answered !== 'REQUEST_TIMED_OUT') {
        throw new HighwaterError('CLIENT_FAILED', `topic ${topic.name} not created: ${answered}`, {
          facts: { topic: topic.name, error: answered },
          cause: thrown,
        });
      }
      lost = thrown;
    }
  }
  const last = messageOf(lost ?? refusal);
  throw new HighwaterError(
    'CLIENT_FAILED',
    `topic ${topic.name} not created: no broker did it; last: ${last}`,
    { cause: refusal },
  );
}

interface Led {
  readonly partitions: readonly PartitionDescription[];
  readonly addressOf: ReadonlyMap<number, string>;
}

async function metadataAndLeaders(calls: BrokerCalls, topic: string): Promise<Led> {
  const metadata = await calls.any((connection) => metadataOf(connection, [topic]));
  return {
    partitions: partitionsIn(metadata),
    addressOf: new Map(
      metadata.brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`]),
    ),
  };
}

/** Asks every leader for the partitions that it leads; throws when one is without an answer. */
async function offsetsOfAll(
  calls: BrokerCalls,
  { partitions, addressOf }: Led,
  at: OffsetsAt,
): Promise<ReadonlyMap<number, bigint>> {
  const ledBy = new Map<string, PartitionDescription[]>();
  for (const partition of partitions) {
    const address = partition.leader === null ? undefined : addressOf.get(partition.leader);
    if (address === undefined) {
      throw new HighwaterError('CLIENT_FAILED', `${showPartition(partition)} has no leader`);
    }
    ledBy.set(address, [...(ledBy.get(address) ?? []), partition]);
  }
  const answers = await Promise.all(
    [...ledBy].map(([address, led]) =>
      calls.at(address, (connection) => offsetsOf(connection, led, at)),
    ),
  );
  return new Map(answers.flatMap((answer) => [...answer]).sort(([a], [b]) => a - b));
}
