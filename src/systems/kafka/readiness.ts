import type { PartitionDescription } from '../../clients/kafka/port.ts';
import { type Endpoint, showEndpoint } from '../../environments/endpoint.ts';
import type { NodeId } from '../../record/names.ts';
import { showPartition } from '../../record/names.ts';
import type { Readiness } from '../system.ts';

/**
 * When a cluster is ready: every node answers on its own check listener, as itself and for the
 * cluster that this run made; the metadata quorum has a leader that all its voters follow, or the
 * ensemble is whole and all brokers name the same controller; every broker is registered and
 * unfenced in the eyes of every other; and no partition of any topic, Kafka's own included, is
 * short of a leader or of replicas in sync. Pure.
 */
export function judgeReadiness(asked: Asked): Readiness {
  const missing = [
    ...(asked.ensemble ?? []),
    ...asked.brokers.flatMap((broker) => brokerMisses(broker, asked)),
    ...asked.controllers.flatMap((each) => memberMisses(each, asked.clusterId)),
    ...(asked.ensemble === null ? quorumMisses(asked) : controllerMisses(asked)),
    ...partitionsMiss(asked),
  ];
  if (missing.length === 0) return { ready: true, seen: 'ready' };
  const [first, ...more] = missing;
  return { ready: false, seen: more.length === 0 ? `${first}` : `${first}; ${more.length} more` };
}

/** What all nodes were asked, and answered. */
export interface Asked {
  readonly clusterId: string;
  readonly brokers: readonly AskedBroker[];
  readonly controllers: readonly AskedController[];
  /** What the ensemble still misses; null in KRaft mode, which has none. */
  readonly ensemble: readonly string[] | null;
  /** Null when nobody could tell, and in ZooKeeper mode. */
  readonly quorum: {
    readonly leader: number | null;
    readonly voters: readonly { readonly id: number; readonly logEnd: bigint }[];
  } | null;
  /** Numbers of the nodes that vote. */
  readonly voters: readonly number[];
}

/** One broker, and what it said. */
export interface AskedBroker {
  readonly node: NodeId;
  readonly number: number;
  /** Its check listener, where it was asked. */
  readonly at: Endpoint;
  readonly answer: BrokerAnswer | { readonly error: string };
}

/** A broker's view of its cluster. */
export interface BrokerAnswer {
  readonly clusterId: string;
  /** In ZooKeeper mode the active controller; in KRaft mode any broker that passes requests on. */
  readonly controller: number | null;
  /** Brokers that it knows to be registered and unfenced. */
  readonly brokers: readonly {
    readonly id: number;
    readonly host: string;
    readonly port: number;
  }[];
  readonly partitions: readonly PartitionDescription[];
}

/** One controller, and what it said. */
export interface AskedController {
  readonly node: NodeId;
  readonly answer: { readonly clusterId: string } | { readonly error: string };
}

/** Whether the answer comes from the broker itself, a member of the cluster. */
export function answersAsItself(
  answer: BrokerAnswer,
  { number, at, clusterId }: { number: number; at: Endpoint; clusterId: string },
): boolean {
  return (
    answer.clusterId === clusterId &&
    answer.brokers.some(
      ({ id, host, port }) => id === number && host === at.host && port === at.port,
    )
  );
}

function brokerMisses(broker: AskedBroker, { clusterId, brokers }: Asked): readonly string[] {
  const { node, number, at, answer } = broker;
  if ('error' in answer) return [`${node} does not answer: ${answer.error}`];
  if (answer.clusterId !== clusterId) return [foreign(node, answer.clusterId, clusterId)];
  if (!answersAsItself(answer, { number, at, clusterId })) {
    return [`${node} is not registered at ${showEndpoint(at)}, or still fenced`];
  }
  const known = new Set(answer.brokers.map(({ id }) => id));
  return brokers
    .filter((other) => !known.has(other.number))
    .map((other) => `${node} does not know ${other.node} yet`);
}

function memberMisses({ node, answer }: AskedController, clusterId: string): readonly string[] {
  if ('error' in answer) return [`${node} does not answer: ${answer.error}`];
  return answer.clusterId === clusterId ? [] : [foreign(node, answer.clusterId, clusterId)];
}

const foreign = (node: NodeId, theirs: string, ours: string): string =>
  `what answers for ${node} belongs to another cluster, ${theirs}, not to ${ours}`;

function quorumMisses({ quorum, voters }: Asked): readonly string[] {
  if (quorum === null || quorum.leader === null) return ['the metadata quorum has no leader'];
  const following = new Map(quorum.voters.map(({ id, logEnd }) => [id, logEnd]));
  return voters
    .filter((voter) => (following.get(voter) ?? -1n) < 0n)
    .map((voter) => `voter ${voter} does not follow the metadata quorum yet`);
}

/** All brokers have heard of the same controller, and it is one of them. */
function controllerMisses({ brokers }: Asked): readonly string[] {
  const named = brokers.map(({ answer }) => ('error' in answer ? null : answer.controller));
  const [first] = named;
  const known = brokers.some(({ number }) => number === first);
  return known && named.every((number) => number === first)
    ? []
    : [`the brokers name ${named.map((number) => number ?? 'nobody').join(', ')} as controller`];
}

function partitionsMiss({ brokers }: Asked): readonly string[] {
  const seen = new Set<string>();
  for (const { answer } of brokers) {
    if ('error' in answer) continue;
    for (const partition of answer.partitions) {
      const { leader, isr, replicas } = partition;
      if (leader === null) seen.add(`${showPartition(partition)} has no leader`);
      else if (isr.length < replicas.length) {
        const count = `${isr.length} of ${replicas.length}`;
        seen.add(`${showPartition(partition)} has ${count} replicas in sync`);
      }
    }
  }
  return [...seen];
}
