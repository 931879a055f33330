import type { LogAdmin, OffsetsAt, PartitionDescription } from '../../../clients/kafka/port.ts';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import type { Endpoint } from '../../../environments/endpoint.ts';
import type { SimBroker } from '../broker.ts';
import type { SimCluster } from '../cluster.ts';
import type { SimPartition } from '../partition.ts';
import { SimError } from '../sim-error.ts';
import { simOperations } from './operations.ts';

/**
 * An admin client: metadata from any broker that answers, offsets from leaders and coordinators
 * only.
 */
export function simAdmin(cluster: SimCluster, endpointOf: (broker: number) => Endpoint): LogAdmin {
  const partitionsOf = (topic: string): readonly SimPartition[] => {
    const partitions = cluster.partitionsOf(topic);
    if (partitions.length > 0) return partitions;
    throw failed(`topic ${topic}: UNKNOWN_TOPIC_OR_PARTITION`);
  };
  return {
    cluster: () =>
      askAny(cluster, 'DescribeCluster', () => {
        const { registered } = cluster.controller;
        return {
          clusterId: cluster.id,
          controller: registered[0]?.id ?? null,
          brokers: registered.map(({ id }) => ({ id, ...endpointOf(id) })),
        };
      }),
    ...simOperations(cluster, (what, order) => askAny(cluster, what, order)),
    createTopic: (topic) => askAny(cluster, 'CreateTopics', () => cluster.createTopic(topic)),
    topics: (names) => askAny(cluster, 'Metadata', () => names.flatMap(partitionsOf).map(describe)),
    allTopics: () => askAny(cluster, 'Metadata', () => cluster.partitions.map(describe)),
    offsets: async (topic, at) => {
      const partitions = await askAny(cluster, 'Metadata', () => partitionsOf(topic));
      const ends = partitions.map((of) => offsetOf(cluster, of, at));
      return new Map((await Promise.all(ends)).map((end, partition) => [partition, end]));
    },
    group: async (name) => {
      const to = cluster.groups.coordinatorOf(name);
      if (to === undefined) throw failed(`group ${name}: COORDINATOR_NOT_AVAILABLE`);
      return ask(cluster, { to, what: `group ${name}` }, () => cluster.groups.describe(name));
    },
    committed: async (group, topic) => {
      const partitions = await askAny(cluster, 'Metadata', () => partitionsOf(topic));
      const to = cluster.groups.coordinatorOf(group);
      if (to === undefined) throw failed(`offsets of group ${group}: COORDINATOR_NOT_AVAILABLE`);
      return ask(cluster, { to, what: `offsets of group ${group}` }, () => {
        const committed = partitions.map((of) => cluster.groups.committed(group, of));
        return new Map(
          committed.map((at, partition) => [partition, at === null ? null : BigInt(at)]),
        );
      });
    },
    config: (of) =>
      askAny(cluster, 'DescribeConfigs', () =>
        'topic' in of ? topicConfig(cluster, of.topic) : brokerConfig(cluster, of.broker),
      ),
    [Symbol.asyncDispose]: async () => {},
  };
}

const describe = (of: SimPartition): PartitionDescription => ({
  topic: of.topic,
  partition: of.partition,
  leader: of.leader,
  leaderEpoch: of.epoch,
  replicas: of.replicas,
  isr: of.isr,
});

/** The settings that bound a failover, under Kafka's names. */
export const failoverTimings = ({ timings }: SimCluster): Readonly<Record<string, number>> => ({
  'broker.session.timeout.ms': timings.sessionMs,
  'broker.heartbeat.interval.ms': timings.heartbeatMs,
});

function brokerConfig(cluster: SimCluster, id: number): Readonly<Record<string, string>> {
  const timings = Object.entries(failoverTimings(cluster)).map(([key, value]) => [key, `${value}`]);
  return { 'node.id': `${id}`, ...cluster.spec.config, ...Object.fromEntries(timings) };
}

function topicConfig(cluster: SimCluster, name: string): Readonly<Record<string, string>> {
  const plan = cluster.topic(name);
  if (plan === undefined) throw failed(`topic ${name}: UNKNOWN_TOPIC_OR_PARTITION`);
  return {
    'unclean.leader.election.enable': 'false',
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    ...plan.config,
    'min.insync.replicas': `${plan.minInSync}`,
  };
}

async function offsetOf(cluster: SimCluster, of: SimPartition, at: OffsetsAt): Promise<bigint> {
  if (of.leader === null) throw failed(`offsets of ${of.name}: LEADER_NOT_AVAILABLE`);
  const to = cluster.broker(of.leader);
  // Nothing is ever deleted from the head of the log, and there are no transactions.
  return ask(cluster, { to, what: `offsets of ${of.name}` }, () =>
    BigInt(at === 'earliest' ? 0 : of.highWatermark),
  );
}

const failed = (message: string, cause?: unknown): HighwaterError =>
  new HighwaterError('CLIENT_FAILED', message, cause === undefined ? {} : { cause });

/** Asks the brokers one after the other until one answers. */
export async function askAny<T>(cluster: SimCluster, what: string, answer: () => T): Promise<T> {
  let last: unknown = 'there are no brokers';
  for (const to of cluster.brokers.values()) {
    try {
      return await asked(cluster, { to, what }, answer);
    } catch (thrown) {
      if (!(thrown instanceof SimError)) throw thrown;
      last = thrown;
    }
  }
  throw failed(messageOf(last), last);
}

async function ask<T>(
  cluster: SimCluster,
  request: { readonly to: SimBroker; readonly what: string },
  answer: () => T,
): Promise<T> {
  try {
    return await asked(cluster, request, answer);
  } catch (thrown) {
    throw thrown instanceof SimError ? failed(thrown.message, thrown) : thrown;
  }
}

/** One request; what `answer` throws is the answer too. */
async function asked<T>(
  cluster: SimCluster,
  { to, what }: { readonly to: SimBroker; readonly what: string },
  answer: () => T,
): Promise<T> {
  const settled = await cluster.network.send<{ value: T } | { thrown: unknown }>({
    to,
    what,
    handle: (reply) => {
      try {
        reply.ok({ value: answer() });
      } catch (thrown) {
        reply.ok({ thrown });
      }
    },
  });
  if ('thrown' in settled) throw settled.thrown;
  return settled.value;
}
