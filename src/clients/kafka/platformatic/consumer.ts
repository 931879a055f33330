import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { type Span, seconds } from '../../../core/time.ts';
import { untilAborted } from '../../../core/until-aborted.ts';
import { atMost, LEAVE_LIMIT, type MemberClient, memberClientId } from '../group-member.ts';
import type { ConsumedBatch, ConsumerOptions, LogConsumer, MemberNews } from '../port.ts';
import { type Life, openLife } from './life.ts';

/**
 * A member of a group over @platformatic/kafka: for what kafkajs cannot be, a static member, a
 * cooperative one, or one of a group of KIP-848. The library's consumer ends for good on errors
 * that other clients get over (a fetch that fails often enough, a commit in a rebalance, in KIP-848
 * a session that is over), so a member here has one life after the other, as a supervised process
 * has. It has ended only when several lives in a row came to nothing.
 */
export function platformaticConsumer(
  client: MemberClient,
  options: ConsumerOptions,
  signal: AbortSignal,
): LogConsumer {
  const settings = { ...client, clientId: memberClientId(client.clientId, options) };
  return new PlatformaticMember(settings, options, signal);
}

/** Lives in a row that came to nothing before the member has ended. */
const LIVES_MAX = 20;
const BETWEEN_LIVES: Span = seconds(0.3);

class PlatformaticMember implements LogConsumer {
  readonly ended: Promise<void>;
  readonly #client: MemberClient;
  readonly #options: ConsumerOptions;
  readonly #signal: AbortSignal;
  readonly #over = new AbortController();
  #end: { resolve: () => void; reject: (reason: Error) => void } = {
    resolve: () => {},
    reject: () => {},
  };
  #life: Life | undefined;
  #paused = false;
  #closing: Promise<void> | undefined;
  #living: Promise<void> = Promise.resolve();

  constructor(client: MemberClient, options: ConsumerOptions, signal: AbortSignal) {
    this.#client = client;
    this.#options = options;
    this.#signal = signal;
    this.ended = new Promise<void>((resolve, reject) => {
      this.#end = { resolve, reject };
    });
    // Whoever does not look at the end is not to be ended by it.
    this.ended.catch(() => {});
  }

  async start(
    onBatch: (batch: ConsumedBatch) => void,
    onMember: (news: MemberNews) => void = () => {},
  ): Promise<void> {
    this.#signal.throwIfAborted();
    const joined = new Promise<void>((resolve) => {
      this.#living = this.#live(onBatch, (news) => {
        onMember(news);
        if (news.act === 'assigned') resolve();
      });
    });
    await untilAborted(Promise.race([joined, this.ended]), this.#signal);
  }

  pause(): void {
    this.#paused = true;
    this.#life?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#life?.resume();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#over.abort();
    await atMost(LEAVE_LIMIT, this.#life?.end({ commits: true }) ?? Promise.resolve());
    await atMost(LEAVE_LIMIT, this.#living);
    this.#end.resolve();
  }

  /** One life after the other until it is closed. */
  async #live(
    onBatch: (batch: ConsumedBatch) => void,
    onMember: (news: MemberNews) => void,
  ): Promise<void> {
    const { group } = this.#options;
    let inVain = 0;
    while (!this.#over.signal.aborted) {
      try {
        const life = await openLife(this.#client, this.#options, { onBatch, onMember });
        this.#life = life;
        if (this.#over.signal.aborted) return await life.end({ commits: true });
        if (this.#paused) life.pause();
        await life.over;
        if (life.records > 0) inVain = 0;
        await atMost(LEAVE_LIMIT, life.end({ commits: false }));
      } catch (thrown) {
        this.#client.log({ level: 'warn', from: 'consumer', message: messageOf(thrown) });
        if (inVain >= LIVES_MAX) {
          const text = `group ${group} could not be joined: ${messageOf(thrown)}`;
          this.#end.reject(new HighwaterError('CLIENT_FAILED', text, { cause: thrown }));
          return;
        }
      }
      inVain += 1;
      if (this.#over.signal.aborted) return;
      onMember({ act: 'rebalancing', assigned: [], seen: 'its client starts over' });
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LIVES));
    }
  }
}
