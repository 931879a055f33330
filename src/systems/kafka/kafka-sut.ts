import { KAFKAJS, kafkaClients } from '../../clients/kafka/connect.ts';
import { platformaticAdmin } from '../../clients/kafka/platformatic.ts';
import type {
  LogAdmin,
  LogClients,
  PartitionDescription,
  SutView,
} from '../../clients/kafka/port.ts';
import { HighwaterError } from '../../core/errors.ts';
import { untilAborted } from '../../core/until-aborted.ts';
import type { Probe } from '../../core/wait-for.ts';
import { showEndpoint } from '../../environments/environment.ts';
import type { NodeId, TopicPartition } from '../../record/names.ts';
import type { ConnectInput, Leadership, Readiness, Sut } from '../system.ts';
import { serverAnswers } from '../zookeeper/ask-servers.ts';
import { serversOf } from '../zookeeper/ensemble-layout.ts';
import { answersNow, askAll, type Inquiry } from './ask-nodes.ts';
import { BROKER, membersOf, nodeOfNumber } from './cluster-layout.ts';
import { effectiveTimings } from './effective-timings.ts';
import { officeCandidates, officeHolder, speaksKafka } from './offices.ts';
import { type EnsembleBelow, ensembleBelow } from './on-zookeeper.ts';
import { expectedTimings, zookeeperSessionMs } from './profile-settings.ts';
import { judgeReadiness } from './readiness.ts';
import { readReplicaOf, replicaFolder } from './replica-files.ts';
import type { KafkaSpec } from './spec.ts';

type ClientVantage = 'load' | 'check';

/** The handle to a running cluster; questions of its own go through the check listeners. */
export function kafkaSut(input: ConnectInput<KafkaSpec>): Sut {
  const { spec, book } = input;
  const inquiry = inquiryOf(input);
  const admin = lazyAdmin(input);
  let timings = expectedTimings(spec, input.profile);

  const readiness: Probe<Readiness> = {
    what: 'Kafka ready',
    async look(signal) {
      const judged = judgeReadiness(await askAll(inquiry, signal));
      if (judged.ready) timings = { ...timings, ...(await effectiveTimings(inquiry, signal)) };
      return judged;
    },
    show: ({ seen }) => seen,
  };
  const nodeOf = (broker: number): NodeId => nodeOfNumber(broker, book);
  const leadership = async (
    topics: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Leadership[]> => {
    const partitions = await untilAborted(admin().topics(topics), signal);
    return partitions.map((partition) => asLeadership(partition, nodeOf));
  };

  const leaderOf = async (of: TopicPartition, signal: AbortSignal): Promise<NodeId | null> => {
    const partitions = await leadership([of.topic], signal);
    const found = partitions.find(({ partition }) => partition === of.partition);
    if (found !== undefined) return found.leader;
    throw new HighwaterError('CLIENT_FAILED', `${of.topic} has no partition ${of.partition}`);
  };

  return {
    kind: 'kafka',
    nodes: input.nodes,
    view: (from) => viewOf(input, from),
    clients: (from): LogClients => kafkaClients(viewOf(input, from)),
    readiness,
    nodeOf,
    leadership,
    leaderOf,
    holder: async (of, signal) =>
      'leader' in of ? leaderOf(of.leader, signal) : officeHolder(of, inquiry, signal),
    candidates: (of) => officeCandidates(of, inquiry),
    speaks: (...[, , at, signal]) => speaksKafka(at, inquiry, signal),
    answers: async (node, signal) => {
      const servers = spec.zookeeper === null ? [] : serversOf(spec.zookeeper, book);
      const server = servers.find((each) => each.node === node);
      if (server !== undefined) return serverAnswers(server, book, signal);
      const member = membersOf(spec, book).find((each) => each.node === node);
      return member !== undefined && answersNow(member, inquiry, signal);
    },
    replicaFolder,
    readReplica: async (node: NodeId, of: TopicPartition) => {
      const found = input.nodes.find(({ id }) => id === node);
      return found === undefined ? null : readReplicaOf(found, of);
    },
    get timings() {
      return timings;
    },
  };
}

function inquiryOf({ spec, profile, book, clusterId, run }: ConnectInput<KafkaSpec>): Inquiry {
  const sessionTimeoutMs = zookeeperSessionMs(spec, profile);
  const ensemble: EnsembleBelow | null =
    spec.zookeeper === null ? null : ensembleBelow(spec.zookeeper, { book, sessionTimeoutMs });
  return {
    spec,
    book,
    get clusterId() {
      return ensemble === null ? clusterId : ensemble.clusterId;
    },
    clientId: `highwater-${run}-probe`,
    ensemble,
  };
}

/** The admin client of the check vantage; opened with the first question, closed with the scope. */
function lazyAdmin(input: ConnectInput<KafkaSpec>): () => LogAdmin {
  const { bootstrap, clientId } = viewOf(input, 'check');
  let admin: LogAdmin | undefined;
  return () => {
    const { signal } = input.scope;
    admin ??= input.scope.own('kafka admin', platformaticAdmin({ bootstrap, clientId, signal }));
    return admin;
  };
}

const viewOf = ({ spec, book, run }: ConnectInput<KafkaSpec>, from: ClientVantage): SutView => ({
  driver: KAFKAJS,
  bootstrap: book
    .nodesOf(BROKER)
    .slice(0, spec.brokers)
    .map((node) => showEndpoint(book.at(node, from, from))),
  clientId: `highwater-${run}-${from}`,
});

const asLeadership = (
  { topic, partition, leader, leaderEpoch, replicas, isr }: PartitionDescription,
  nodeOf: (broker: number) => NodeId,
): Leadership => ({
  topic,
  partition,
  leader: leader === null ? null : nodeOf(leader),
  epoch: leaderEpoch,
  replicas: replicas.map(nodeOf),
  isr: isr.map(nodeOf),
});
