import type { TopicPartition } from '../../../record/names.ts';
import type { ProducerOptions } from '../port.ts';
import { type Attempt, beginAttempt, type Sent } from './attempt.ts';
import type { KafkajsOptions } from './client.ts';
import type { WatchedLane } from './leader-watch.ts';
import { KafkajsSession } from './session.ts';

/** What a lane needs to open its sessions. */
export interface LaneOptions extends ProducerOptions {
  readonly of: TopicPartition;
  readonly client: Omit<KafkajsOptions, 'requestTimeout' | 'bootstrap'>;
  /** Brokers to begin a session at, the best first. */
  readonly bootstrap: () => readonly string[];
}

const ACKS = { all: -1, leader: 1, none: 0 } as const;

const errorOf = (code: string, text: string): Error => Object.assign(new Error(text), { code });
const MOVED = errorOf('LEADER_MOVED', 'no answer yet from a broker that leads no more');
const CLOSED = errorOf('ECANCELED', 'the producer was closed');
const UNACKNOWLEDGED = errorOf('NO_ACKNOWLEDGEMENT', 'with acks=0 nothing is ever known');

/**
 * Sends to one partition through kafkajs producers of its own, one session after the other. One
 * producer for all partitions would let a broker in trouble hold up the others: a broker answers
 * the requests of a connection one after the other, so that one acks=all write waiting for a
 * dead follower blocks all behind it; and in kafkajs every send waits for metadata that any send
 * asks for. A session ends when an attempt hangs, or when the leader moved away from it.
 */
export class KafkajsLane implements WatchedLane {
  readonly #options: LaneOptions;
  #session: KafkajsSession | undefined;
  #closed = false;
  /** Attempts leave one after the other, in the order in which they were asked for. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Makes one attempt; resolves within the request timeout. */
  async send(values: readonly Uint8Array[]): Promise<Sent> {
    const { of, acks, idempotent, requestTimeout } = this.#options;
    const attempt = beginAttempt(values, { partition: of.partition, acks });
    const turn = this.#before;
    // With sequence numbers the next may leave only when the outcome of this one is known.
    this.#before = idempotent ? attempt.done : attempt.left;
    let session: KafkajsSession | undefined;
    const limit = setTimeout(() => {
      const hung = errorOf('ETIMEDOUT', `no answer in ${requestTimeout} ms`);
      attempt.fail(hung);
      if (session !== undefined) this.#endSession(session, hung);
    }, requestTimeout);
    await turn;
    if (this.#closed) attempt.fail(CLOSED);
    if (!attempt.ended) {
      session = this.#open();
      session.underWay.set(attempt, performance.now());
      void this.#pass(attempt, session);
    }
    const sent = await attempt.done;
    clearTimeout(limit);
    session?.underWay.delete(attempt);
    return sent;
  }

  metadata(): object | undefined {
    return this.#session?.metadata;
  }

  waiting(): number {
    return this.#session?.waiting() ?? 0;
  }

  leaderMoved(): void {
    if (this.#session !== undefined) this.#endSession(this.#session, MOVED);
  }

  /** Ends what is under way and sends nothing any more; idempotent. */
  close(): void {
    this.#closed = true;
    if (this.#session !== undefined) this.#endSession(this.#session, CLOSED);
  }

  #open(): KafkajsSession {
    const { client, requestTimeout, bootstrap } = this.#options;
    this.#session ??= new KafkajsSession(
      { ...client, requestTimeout, bootstrap: bootstrap() },
      this.#options,
    );
    return this.#session;
  }

  #endSession(session: KafkajsSession, reason: Error): void {
    if (this.#session === session) this.#session = undefined;
    session.end(reason);
  }

  async #pass(attempt: Attempt, session: KafkajsSession): Promise<void> {
    const { of, acks, idempotent, requestTimeout } = this.#options;
    try {
      await session.connected;
      const [answer] = await session.producer.send({
        topic: of.topic,
        acks: ACKS[acks],
        timeout: requestTimeout,
        messages: attempt.messages,
      });
      if (acks === 'none') attempt.fail(UNACKNOWLEDGED);
      else attempt.acknowledge(offsetIn(answer?.baseOffset));
    } catch (thrown) {
      const { outcome, endsSession } = attempt.fail(thrown);
      session.refreshed();
      // kafkajs gives the sequence numbers of a failed batch to the next one. If the first batch
      // was appended after all, the broker would take the next for its duplicate, acknowledge it
      // and drop it. So no producer id goes on after an attempt whose outcome is not known.
      const sequenceInDoubt = idempotent && outcome === 'unknown';
      if (endsSession || sequenceInDoubt || (await session.neverConnected())) {
        this.#endSession(session, thrown as Error);
      }
    }
  }
}

/** A duplicate is acknowledged at offset −1. */
const offsetIn = (text: string | undefined): bigint | null =>
  text === undefined || text.startsWith('-') ? null : BigInt(text);
