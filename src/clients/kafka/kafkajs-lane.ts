import { Partitioners, type Producer } from 'kafkajs';
import type { TopicPartition } from '../../record/names.ts';
import { type Attempt, beginAttempt, type Sent } from './attempt.ts';
import { type KafkajsClient, kafkajsClient, type KafkajsOptions } from './kafkajs-base.ts';
import type { WatchedLane } from './leader-watch.ts';
import type { ProducerOptions } from './port.ts';

/**
 * Sends to one partition through a kafkajs producer of its own. One producer for all partitions
 * would let a broker in trouble hold up the others: a broker answers the requests of one connection
 * one after the other, so that one acks=all write waiting for a dead follower blocks all behind it;
 * and in kafkajs every send waits for metadata that any send asks for.
 *
 * A session is one life of that producer. It ends when an attempt hangs: then everything
 * under way in it ends too, so that nothing of it can be acknowledged after what the next session
 * sends, and acknowledged records stay in order.
 */
export interface Lane extends WatchedLane {
  send(values: readonly Uint8Array[]): Promise<Sent>;
  /** Ends what is under way; idempotent. */
  end(): void;
}

export interface LaneOptions extends ProducerOptions {
  readonly of: TopicPartition;
  readonly client: Omit<KafkajsOptions, 'requestTimeout' | 'bootstrap'>;
  /** Brokers to begin a session at, the best first. */
  readonly bootstrap: () => readonly string[];
}

interface Session {
  readonly client: KafkajsClient;
  readonly producer: Producer;
  readonly connected: Promise<void>;
  /** Attempts by the time at which they were handed to the producer. */
  readonly underWay: Map<Attempt, number>;
  over: boolean;
}

const errorOf = (code: string, text: string): Error => Object.assign(new Error(text), { code });
const moved = errorOf('LEADER_MOVED', 'no answer yet from a broker that leads no more');
const unacknowledged = errorOf('NO_ACKNOWLEDGEMENT', 'with acks=0 nothing is ever known');

const ACKS = { all: -1, leader: 1, none: 0 } as const;

/** Opens a lane; it connects with the first send. */
export function openLane(options: LaneOptions): Lane {
  const { of, acks, idempotent, requestTimeout } = options;
  const hung = errorOf('ETIMEDOUT', `no answer in ${requestTimeout} ms`);
  const closed = errorOf('ECANCELED', 'the producer was closed');
  let session: Session | undefined;
  let isClosed = false;
  // Attempts leave one after the other, in the order in which they were asked for.
  let before: Promise<unknown> = Promise.resolve();

  const endSession = (ending: Session, reason: Error): void => {
    if (session === ending) session = undefined;
    if (ending.over) return;
    ending.over = true;
    for (const attempt of ending.underWay.keys()) attempt.fail(reason);
    ending.client.end();
    ending.producer.disconnect().catch(() => {
      // Its sockets are gone already; there is nothing left that could fail to close.
    });
  };

  const pass = async (attempt: Attempt, own: Session): Promise<void> => {
    try {
      await own.connected;
      const [answer] = await own.producer.send({
        topic: of.topic,
        acks: ACKS[acks],
        timeout: requestTimeout,
        messages: attempt.messages,
      });
      if (acks === 'none') attempt.fail(unacknowledged);
      else attempt.acknowledge(offsetIn(answer?.baseOffset));
    } catch (thrown) {
      const { outcome, endsSession } = attempt.fail(thrown);
      // kafkajs gives the sequence numbers of a failed batch to the next one. If the first batch
      // was appended after all, the broker would take the next for its duplicate, acknowledge it
      // and drop it. So no producer id goes on after an attempt whose outcome is not known.
      const sequenceInDoubt = idempotent && outcome === 'unknown';
      const neverConnected = await isRejected(own.connected);
      if (endsSession || sequenceInDoubt || neverConnected) endSession(own, thrown as Error);
    }
  };

  return {
    async send(values) {
      const attempt = beginAttempt(values, { partition: of.partition, acks });
      const turn = before;
      // With sequence numbers the next may leave only when the outcome of this one is known.
      before = idempotent ? attempt.done : attempt.left;
      let own: Session | undefined;
      const limit = setTimeout(() => {
        attempt.fail(hung);
        if (own !== undefined) endSession(own, hung);
      }, requestTimeout);
      await turn;
      if (isClosed) attempt.fail(closed);
      if (!attempt.ended) {
        own = session ??= openSession(options);
        own.underWay.set(attempt, performance.now());
        void pass(attempt, own);
      }
      const sent = await attempt.done;
      clearTimeout(limit);
      own?.underWay.delete(attempt);
      return sent;
    },
    session: () => session,
    waiting() {
      const [oldest] = session?.underWay.values() ?? [];
      return oldest === undefined ? 0 : performance.now() - oldest;
    },
    leaderMoved() {
      if (session !== undefined) endSession(session, moved);
    },
    end() {
      isClosed = true;
      if (session !== undefined) endSession(session, closed);
    },
  };
}

/** Begins at the broker that answered last: any other may be the one that the session before hung at. */
function openSession({ client, requestTimeout, idempotent, bootstrap }: LaneOptions): Session {
  const own = kafkajsClient({ ...client, requestTimeout, bootstrap: bootstrap() });
  const producer = own.kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent,
    // One attempt. kafkajs refuses 0 for an idempotent producer, so that it can resend; not a
    // number means no resend as well and is not refused.
    retry: { retries: idempotent ? Number.NaN : 0 },
    // Every failed send refreshes metadata; by age they would only be refreshed in the way of sends.
    metadataMaxAge: 24 * 3_600_000,
  });
  const connected = producer.connect();
  connected.catch(() => {
    // Told by the attempts that wait for it.
  });
  return { client: own, producer, connected, underWay: new Map(), over: false };
}

const isRejected = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => false,
    () => true,
  );

/** A duplicate is acknowledged at offset −1. */
const offsetIn = (text: string | undefined): bigint | null =>
  text === undefined || text.startsWith('-') ? null : BigInt(text);
