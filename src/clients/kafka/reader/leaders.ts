/**
 * Who leads a partition, and a connection to it. Connections are kept and shared, one a broker;
 * after passing trouble the leader is looked up anew, at whichever broker answers.
 */
import { messageOf } from '../../../core/errors.ts';
import { untilAborted } from '../../../core/until-aborted.ts';
import { showPartition, type TopicPartition } from '../../../record/names.ts';
import { type BrokerConnection, openConnection } from './connection.ts';
import { answerError, PassingTrouble } from './protocol-errors.ts';
import { type MetadataAnswer, metadata } from './requests.ts';
import type { Address, WireOptions } from './wire.ts';

/** The leader of a partition as metadata gave it. */
export interface Leader {
  readonly node: number;
  readonly epoch: number;
  readonly connection: BrokerConnection;
}

/** Knows the leaders, and holds the connections to them. */
export interface Leaders {
  /** Looks the leader up and connects to it. Throws PassingTrouble when that may come. */
  find(of: TopicPartition, signal: AbortSignal): Promise<Leader>;
  close(): void;
}

/** Finds leaders through the bootstrap addresses and the brokers learnt from them. */
export function leadersOf(bootstrap: readonly Address[], options: WireOptions): Leaders {
  const connections = new Map<string, Promise<BrokerConnection>>();
  let known: readonly Address[] = bootstrap;
  const ended = new AbortController();

  /** Gives the connection to an address; one that failed is opened anew. */
  const connectionTo = async (address: Address, signal: AbortSignal): Promise<BrokerConnection> => {
    const name = `${address.host}:${address.port}`;
    for (let held = connections.get(name); held !== undefined; held = connections.get(name)) {
      const kept = await untilAborted(held, signal).catch(() => undefined);
      signal.throwIfAborted();
      if (kept?.usable) return kept;
      if (connections.get(name) === held) connections.delete(name);
    }
    // Opening is shared by all who wait for it, so it ends with the reader, not with one of them.
    const opening = openConnection(address, options, ended.signal);
    connections.set(name, opening);
    return untilAborted(opening, signal);
  };

  const ask = async (topic: string, signal: AbortSignal): Promise<MetadataAnswer> => {
    const troubles: string[] = [];
    for (const address of known) {
      try {
        const connection = await connectionTo(address, signal);
        const answer = await connection.ask(metadata, [topic], signal);
        // Whoever answered is asked first the next time: the others may be down or hang.
        known = [address, ...answer.brokers, ...bootstrap].filter(isFirst);
        return answer;
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof PassingTrouble)) throw thrown;
        troubles.push(messageOf(thrown));
      }
    }
    throw new PassingTrouble(`no broker gave metadata (${troubles.join('; ')})`);
  };

  return {
    find: async (of, signal) => {
      const answer = await ask(of.topic, signal);
      const { leader, leaderEpoch } = partitionIn(answer, of);
      const address = answer.brokers.find((broker) => broker.id === leader);
      if (address === undefined) throw new PassingTrouble(`${showPartition(of)} has no leader`);
      return { node: leader, epoch: leaderEpoch, connection: await connectionTo(address, signal) };
    },
    close: () => {
      ended.abort(new PassingTrouble('the reader was closed'));
      for (const opening of connections.values()) {
        opening.then(
          (connection) => connection.close(),
          () => {}, // it never opened
        );
      }
      connections.clear();
    },
  };
}

const isFirst = (one: Address, index: number, all: readonly Address[]): boolean =>
  all.findIndex(({ host, port }) => host === one.host && port === one.port) === index;

function partitionIn(
  answer: MetadataAnswer,
  of: TopicPartition,
): MetadataAnswer['topics'][number]['partitions'][number] {
  const what = `metadata of ${showPartition(of)}`;
  const topic = answer.topics.find((one) => one.name === of.topic);
  if (topic === undefined) throw new PassingTrouble(`${what}: the topic is not in the answer`);
  if (topic.error !== 0) throw answerError(topic.error, what);
  const partition = topic.partitions.find((one) => one.index === of.partition);
  if (partition === undefined) throw new PassingTrouble(`${what}: no such partition`);
  // LEADER_NOT_AVAILABLE comes with leader −1; REPLICA_NOT_AVAILABLE (9) comes with a good leader.
  if (partition.error !== 0 && partition.leader < 0) throw answerError(partition.error, what);
  return partition;
}
