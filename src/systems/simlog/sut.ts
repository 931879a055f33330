import type { LogClients, ReadBatch } from '../../clients/kafka/port.ts';
import { decodeSegment } from '../../clients/kafka/reader/decode-segment.ts';
import { HighwaterError } from '../../core/errors.ts';
import { type Endpoint, showEndpoint } from '../../environments/endpoint.ts';
import type { Node, Vantage } from '../../environments/node.ts';
import type { TopicPartition } from '../../record/names.ts';
import type { ConnectInput, Leadership, Sut } from '../system.ts';
import { SimBroker } from './broker.ts';
import { askAny, failoverTimings, simAdmin } from './clients/admin.ts';
import { SimConsumer } from './clients/consumer.ts';
import { SimProducer } from './clients/producer.ts';
import { simReader } from './clients/reader.ts';
import { replicaFolder, SimCluster } from './cluster.ts';
import { segmentPath } from './replica-log.ts';
import type { SimlogSpec } from './spec.ts';

/** The one role. */
export const BROKER = 'broker';
/** The port that brokers and clients reach a broker at. */
export const LISTENER = 'listener';
type ClientVantage = Exclude<Vantage, 'peer'>;

/** Opens the handle to the simulated log that the given nodes are the brokers of. */
export function simSut({ book, nodes, run }: ConnectInput<SimlogSpec>): Sut {
  const cluster = clusterOf(nodes.map((node) => node.spec.start.virtual));
  const brokerOf = (node: string): SimBroker =>
    cluster.broker(Number(node.slice(BROKER.length + 1)));
  const endpoint = (broker: number, from: ClientVantage): Endpoint =>
    book.at(nodeOf(broker), LISTENER, from);

  const clients = (from: ClientVantage): LogClients => ({
    producer: async (options) => {
      await reach(cluster);
      return new SimProducer(cluster, options);
    },
    consumer: async (options, signal) => {
      await reach(cluster);
      return new SimConsumer(cluster, options, signal);
    },
    admin: async () => simAdmin(cluster, (broker) => endpoint(broker, from)),
    reader: async () => simReader(cluster),
  });

  const leadership = (topics: readonly string[]): Promise<readonly Leadership[]> =>
    askAny(cluster, 'Metadata', () => topics.flatMap((topic) => leadershipOf(cluster, topic)));

  const leaderOf = async ({ topic, partition }: TopicPartition): Promise<string | null> =>
    (await leadership([topic])).find((each) => each.partition === partition)?.leader ?? null;

  return {
    kind: 'simlog',
    nodes,
    timings: failoverTimings(cluster),
    view: (from) => ({
      driver: 'simlog',
      bootstrap: [...cluster.brokers.keys()].map((id) => showEndpoint(endpoint(id, from))),
      clientId: `highwater-${run}-${from}`,
    }),
    clients,
    readiness: {
      what: 'simulated log ready',
      look: async () => readiness(cluster),
      show: ({ seen }) => seen,
    },
    nodeOf,
    leadership,
    leaderOf,
    holder: async (of) => {
      if ('leader' in of) return leaderOf(of.leader);
      if (!('group' in of)) throw new HighwaterError('FAULT_FAILED', 'no such office here');
      const coordinator = cluster.groups.coordinatorOf(of.group);
      return coordinator === undefined ? null : nodeOf(coordinator.id);
    },
    candidates: () => nodes.map(({ id }) => id),
    speaks: async (node) => brokerOf(node).serves,
    answers: async (node) => brokerOf(node).serves,
    replicaFolder,
    readReplica: (id, of) =>
      readReplica(
        nodes.find((node) => node.id === id),
        of,
      ),
  };
}

const nodeOf = (broker: number): string => `${BROKER}-${broker}`;

function leadershipOf(cluster: SimCluster, topic: string): Leadership[] {
  const partitions = cluster.partitionsOf(topic);
  if (partitions.length === 0) {
    throw new HighwaterError('CLIENT_FAILED', `topic ${topic}: UNKNOWN_TOPIC_OR_PARTITION`);
  }
  return partitions.map(({ partition, leader, epoch, replicas, isr }) => ({
    topic,
    partition,
    leader: leader === null ? null : nodeOf(leader),
    epoch,
    replicas: replicas.map(nodeOf),
    isr: isr.map(nodeOf),
  }));
}

function clusterOf(behaviours: readonly unknown[]): SimCluster {
  const owners = new Set(
    behaviours.map((each) => (each instanceof SimBroker ? each.owner : undefined)),
  );
  const [cluster] = owners;
  if (owners.size === 1 && cluster instanceof SimCluster) return cluster;
  throw new HighwaterError('BUG', 'these nodes are not the brokers of one simulated log');
}

/** Reads a replica's file from the volume of its node, past the broker. */
async function readReplica(
  node: Node | undefined,
  of: TopicPartition,
): Promise<ReadBatch[] | null> {
  const volumes = node?.control('volumes');
  if (volumes === undefined) return null;
  const { volume, folder } = replicaFolder(of);
  const files = await volumes.list(volume, folder);
  // No file: the replica is gone, and so is all that it held.
  if (!files.some(({ path }) => path === segmentPath(of))) return [];
  return [...decodeSegment(await volumes.read(volume, segmentPath(of)))];
}

/** A client connects when it is opened: it fails when nobody answers. */
const reach = (cluster: SimCluster): Promise<void> => askAny(cluster, 'ApiVersions', () => {});

function readiness(cluster: SimCluster): { ready: boolean; seen: string } {
  const missing = [...cluster.brokers.values()].filter(({ serves }) => !serves);
  if (missing.length > 0) {
    const { size } = cluster.brokers;
    return { ready: false, seen: `${size - missing.length} of ${size} brokers registered` };
  }
  const behind = cluster.controller.underReplicated;
  return behind > 0
    ? { ready: false, seen: `${behind} partitions under-replicated` }
    : { ready: true, seen: 'ready' };
}
