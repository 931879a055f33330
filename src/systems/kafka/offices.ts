import { controllerOf, coordinatorOf, greet } from '../../clients/kafka/broker-answers.ts';
import { askOnce } from '../../clients/kafka/broker-calls.ts';
import { isServerPort, makesRoundTrip } from '../../clients/zookeeper/round-trip.ts';
import { HighwaterError } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import { type Endpoint, showEndpoint } from '../../environments/endpoint.ts';
import type { NodeId } from '../../record/names.ts';
import type { Subject } from '../system.ts';
import { askServers } from '../zookeeper/ask-servers.ts';
import { serversOf } from '../zookeeper/ensemble-layout.ts';
import { ask, type Inquiry } from './ask-nodes.ts';
import { type Member, nodeOfNumber } from './cluster-layout.ts';

/** A round trip that takes longer hangs. */
const ROUND_TRIP_LIMIT = ms(1_500);

/** Who holds an office beside the leadership of a partition, asked of whichever broker answers. */
export async function officeHolder(
  of: Exclude<Subject, { leader: unknown }>,
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<NodeId | null> {
  if ('zookeeper' in of) return ensembleLeader(inquiry, signal);
  const brokers = inquiry.members.filter(({ isBroker }) => isBroker);
  const number = await anyOf(brokers, (broker) => {
    const question = ask(broker, inquiry, signal);
    if ('controller' in of) return question(controllerOf);
    const [type, key] =
      'group' in of
        ? (['group', of.group] as const)
        : (['transaction', of.transactionalId] as const);
    return question(async (to) => (await coordinatorOf(to, { type, key })).broker);
  });
  signal.throwIfAborted();
  return number === null ? null : nodeOfNumber(number, inquiry.book);
}

async function ensembleLeader(
  { spec, book }: Inquiry,
  signal: AbortSignal,
): Promise<NodeId | null> {
  if (spec.zookeeper === null) throw noEnsemble();
  const asked = await askServers(spec.zookeeper, book, signal);
  const leaders = asked.filter(({ answer }) => !('error' in answer) && answer.mode === 'leader');
  return leaders.length === 1 ? (leaders[0]?.node ?? null) : null;
}

const noEnsemble = (): HighwaterError =>
  new HighwaterError('FAULT_FAILED', 'a cluster in KRaft mode has no ZooKeeper');

/** Nodes that could hold an office. */
export function officeCandidates(of: Subject, { spec, book, members }: Inquiry): readonly NodeId[] {
  if ('zookeeper' in of) {
    if (spec.zookeeper === null) throw noEnsemble();
    return serversOf(spec.zookeeper, book).map(({ node }) => node);
  }
  const quorumDecides = 'controller' in of && spec.zookeeper === null;
  return members
    .filter(({ isBroker, isController }) => (quorumDecides ? isController : isBroker))
    .map(({ node }) => node);
}

/** Whether somebody there answers in the port's protocol, over a connection of this moment. */
export async function speaks(
  { node, port, at }: { readonly node: NodeId; readonly port: string; readonly at: Endpoint },
  { spec, book, clientId }: Inquiry,
  signal: AbortSignal,
): Promise<boolean> {
  const servers = spec.zookeeper === null ? [] : serversOf(spec.zookeeper, book);
  if (servers.some((server) => server.node === node) && isServerPort(port)) {
    return makesRoundTrip(at, port, signal);
  }
  try {
    await askOnce(showEndpoint(at), greet, { clientId, signal, within: ROUND_TRIP_LIMIT });
    return true;
  } catch {
    // Refused, silent or talking nonsense: all of them are no round trip; only an abort is news.
    signal.throwIfAborted();
    return false;
  }
}

/** Null when nobody could tell, or the first to answer says that there is none. */
async function anyOf(
  brokers: readonly Member[],
  question: (broker: Member) => Promise<number | null>,
): Promise<number | null> {
  try {
    return await Promise.any(brokers.map(question));
  } catch {
    return null; // All failed: nobody knows, and an abort is told by the caller.
  }
}
