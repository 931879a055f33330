import {
  clusterIdOfController,
  metadataOf,
  partitionsIn,
  quorumOf,
} from '../../clients/kafka/broker-answers.ts';
import { askOnce } from '../../clients/kafka/broker-calls.ts';
import { messageOf } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import { showEndpoint } from '../../environments/endpoint.ts';
import type { AddressBook } from '../../environments/environment.ts';
import type { NodeId } from '../../record/names.ts';
import { serverAnswers } from '../zookeeper/ask-servers.ts';
import { serversOf } from '../zookeeper/ensemble-layout.ts';
import type { Member } from './cluster-layout.ts';
import { compareVersions } from './distribution.ts';
import type { EnsembleBelow } from './on-zookeeper.ts';
import { type Asked, answersAsItself, type BrokerAnswer } from './readiness.ts';
import type { KafkaSpec } from './spec.ts';

/** Whom to ask, and for which cluster. */
export interface Inquiry {
  readonly spec: KafkaSpec;
  readonly book: AddressBook;
  /** Those of now. */
  readonly members: readonly Member[];
  readonly clusterId: string;
  readonly clientId: string;
  /** Null in KRaft mode. */
  readonly ensemble: EnsembleBelow | null;
}

/** A node that takes longer to answer one question is as good as silent. */
const ANSWER_LIMIT = ms(1_000);
/** Controllers answer for themselves since KIP-919. */
const CONTROLLERS_ANSWER_SINCE = '3.7.0';

/** Asks every node at its own check listener, each over a connection of this moment. */
export async function askAll(inquiry: Inquiry, signal: AbortSignal): Promise<Asked> {
  const { members } = inquiry;
  const brokers = members.filter(({ isBroker }) => isBroker);
  const controllers = answerable(members, inquiry.spec);
  const [ensemble, brokerAnswers, controllerAnswers, quorum] = await Promise.all([
    inquiry.ensemble?.look(signal).catch((thrown: unknown) => [messageOf(thrown)]) ?? null,
    Promise.all(brokers.map((broker) => orError(askBroker(broker, inquiry, signal)))),
    Promise.all(
      controllers.map((controller) => orError(askController(controller, inquiry, signal))),
    ),
    inquiry.ensemble === null ? askForQuorum(brokers, inquiry, signal) : null,
  ]);
  signal.throwIfAborted();
  return {
    clusterId: inquiry.clusterId,
    brokers: brokers.map(({ node, number }, index) => ({
      node,
      number,
      at: inquiry.book.at(node, 'check', 'check'),
      answer: brokerAnswers[index] ?? { error: 'not asked' },
    })),
    controllers: controllers.map(({ node }, index) => ({
      node,
      answer: controllerAnswers[index] ?? { error: 'not asked' },
    })),
    ensemble,
    quorum,
    voters: members.filter(({ isController }) => isController).map(({ number }) => number),
  };
}

/** Whether one node answers for itself now; false when it does not answer at all. */
export async function answersNow(
  node: NodeId,
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<boolean> {
  const { spec, book, clusterId } = inquiry;
  const servers = spec.zookeeper === null ? [] : serversOf(spec.zookeeper, book);
  const server = servers.find((each) => each.node === node);
  if (server !== undefined) return serverAnswers(server, book, signal);
  const member = inquiry.members.find((each) => each.node === node);
  if (member === undefined) return false;
  try {
    if (!member.isBroker) {
      return (await askController(member, inquiry, signal)).clusterId === clusterId;
    }
    const at = book.at(member.node, 'check', 'check');
    const answer = await askBroker(member, inquiry, signal);
    return answersAsItself(answer, { number: member.number, at, clusterId });
  } catch {
    // Refused, silent or talking nonsense: all of them are no answer; only an abort is news.
    signal.throwIfAborted();
    return false;
  }
}

/**
 * In ZooKeeper mode a killed broker stays registered until its session has expired, and one that is
 * started before exits: the node of its registration exists, and another session owns it
 * (KAFKA-7165 helps within one life only).
 */
export async function keptOut(
  node: NodeId,
  { ensemble, members }: Inquiry,
  signal: AbortSignal,
): Promise<string | null> {
  const member = members.find((each) => each.node === node);
  if (ensemble === null || member === undefined) return null;
  const owner = await ensemble.registrationOf(member.number, signal);
  return owner === null ? null : `session ${owner} still holds the registration of ${node}`;
}

const answerable = (members: readonly Member[], spec: KafkaSpec): readonly Member[] =>
  compareVersions(spec.version, CONTROLLERS_ANSWER_SINCE) < 0
    ? []
    : members.filter(({ isBroker }) => !isBroker);

async function askBroker(
  member: Member,
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<BrokerAnswer> {
  const metadata = await ask(member, inquiry, signal)((connection) => metadataOf(connection, null));
  return {
    clusterId: metadata.clusterId ?? '',
    controller: metadata.controllerId < 0 ? null : metadata.controllerId,
    brokers: metadata.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })),
    partitions: partitionsIn(metadata),
  };
}

const askController = async (
  member: Member,
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<{ readonly clusterId: string }> => ({
  clusterId: await ask(member, inquiry, signal)(clusterIdOfController),
});

/** Any broker passes the question on to the active controller. */
async function askForQuorum(
  brokers: readonly Member[],
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<Asked['quorum']> {
  try {
    return await Promise.any(brokers.map((broker) => ask(broker, inquiry, signal)(quorumOf)));
  } catch {
    // None of them could tell: the answer is that nobody knows.
    return null;
  }
}

/** Asks one node one question over a connection of this moment. */
export const ask =
  ({ node }: Member, { book, clientId }: Inquiry, signal: AbortSignal) =>
  <T>(question: Parameters<typeof askOnce<T>>[1]): Promise<T> =>
    askOnce(showEndpoint(book.at(node, 'check', 'check')), question, {
      clientId,
      signal,
      within: ANSWER_LIMIT,
    });

const orError = <T>(answer: Promise<T>): Promise<T | { readonly error: string }> =>
  answer.catch((thrown: unknown) => ({ error: messageOf(thrown) }));
