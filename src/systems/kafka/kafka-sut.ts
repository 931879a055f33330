import { KAFKAJS, kafkaClients } from '../../clients/kafka/connect.ts';
import { platformaticAdmin } from '../../clients/kafka/platformatic/admin.ts';
import type { LogAdmin, LogClients, SutView } from '../../clients/kafka/port.ts';
import type { Scope } from '../../core/scope.ts';
import type { Probe } from '../../core/wait-for.ts';
import { showEndpoint } from '../../environments/endpoint.ts';
import type { NodeId, TopicPartition } from '../../record/names.ts';
import type { ConnectInput, Readiness, Sut } from '../system.ts';
import { lookAtEnsemble } from '../zookeeper/final-look.ts';
import { answersNow, askAll, type Inquiry, keptOut } from './ask-nodes.ts';
import { nodeOfNumber } from './cluster-layout.ts';
import { effectiveTimings } from './effective-timings.ts';
import { leadershipBy } from './leadership.ts';
import { Membership } from './membership.ts';
import { officeCandidates, officeHolder, speaks } from './offices.ts';
import { type EnsembleBelow, ensembleBelow } from './on-zookeeper.ts';
import { expectedTimings, zookeeperSessionMs } from './profile-settings.ts';
import { judgeReadiness } from './readiness.ts';
import { readReplicaOf, replicaFolder } from './replica-files.ts';
import type { KafkaSpec } from './spec.ts';

type ClientVantage = 'load' | 'check';

/** The handle to a running cluster; questions of its own go through the check listeners. */
export function kafkaSut(input: ConnectInput<KafkaSpec>): Sut {
  const { spec, book } = input;
  const membership = new Membership(input);
  const inquiry = inquiryOf(input, membership);
  const view = (from: ClientVantage): SutView => viewOf(input, membership, from);
  const admin = lazyAdmin(view('check'), input.scope);
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
  const { leadership, leaderOf } = leadershipBy(admin, nodeOf);

  return {
    kind: 'kafka',
    get nodes() {
      return membership.nodes;
    },
    get spare() {
      return membership.spare;
    },
    specFor: (node, change) => membership.specFor(node, change),
    admit: (nodes) => membership.admit(nodes),
    dismiss: (nodes) => membership.dismiss(nodes),
    view,
    clients: (from): LogClients => kafkaClients(view(from)),
    readiness,
    nodeOf,
    leadership,
    leaderOf,
    holder: async (of, signal) =>
      'leader' in of ? leaderOf(of.leader, signal) : officeHolder(of, inquiry, signal),
    candidates: (of) => officeCandidates(of, inquiry),
    speaks: (...[node, port, at, signal]) => speaks({ node, port, at }, inquiry, signal),
    answers: (node, signal) => answersNow(node, inquiry, signal),
    keptOut: (node, signal) => keptOut(node, inquiry, signal),
    finalLook: finalLookAt(input),
    replicaFolder,
    readReplica: async (node: NodeId, of: TopicPartition) => {
      const found = membership.find(node);
      return found === undefined ? null : readReplicaOf(found, of);
    },
    get timings() {
      return timings;
    },
  };
}

function inquiryOf(
  { spec, profile, book, clusterId, run }: ConnectInput<KafkaSpec>,
  membership: Membership,
): Inquiry {
  const sessionTimeoutMs = zookeeperSessionMs(spec, profile);
  const ensemble: EnsembleBelow | null =
    spec.zookeeper === null ? null : ensembleBelow(spec.zookeeper, { book, sessionTimeoutMs });
  return {
    spec,
    book,
    get members() {
      return membership.members;
    },
    get clusterId() {
      return ensemble === null ? clusterId : ensemble.clusterId;
    },
    clientId: `highwater-${run}-probe`,
    ensemble,
  };
}

/** Only an ensemble has something to say at the end. */
function finalLookAt({ spec, book }: ConnectInput<KafkaSpec>): Sut['finalLook'] {
  const ensemble = spec.zookeeper;
  return ensemble === null ? undefined : (by) => lookAtEnsemble({ spec: ensemble, book }, by);
}

/** The admin client of the check vantage; opened with the first question, closed with the scope. */
function lazyAdmin({ bootstrap, clientId }: SutView, scope: Scope): () => LogAdmin {
  let admin: LogAdmin | undefined;
  return () => {
    const { signal } = scope;
    admin ??= scope.own('kafka admin', platformaticAdmin({ bootstrap, clientId, signal }));
    return admin;
  };
}

const viewOf = (
  { book, run }: ConnectInput<KafkaSpec>,
  { members }: Membership,
  from: ClientVantage,
): SutView => ({
  driver: KAFKAJS,
  bootstrap: members
    .filter(({ isBroker }) => isBroker)
    .map(({ node }) => showEndpoint(book.at(node, from, from))),
  clientId: `highwater-${run}-${from}`,
});
