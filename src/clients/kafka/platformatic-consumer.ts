import { HighwaterError, messageOf } from '../../core/errors.ts';
import { type Span, seconds } from '../../core/time.ts';
import type { KafkajsOptions } from './kafkajs-base.ts';
import { memberClientId } from './kafkajs-consumer.ts';
import { type Life, openLife } from './platformatic-life.ts';
import type { ConsumedBatch, ConsumerOptions, LogConsumer, MemberNews } from './port.ts';

/**
 * A member of a group over @platformatic/kafka: for what kafkajs cannot be, a static member, a
 * cooperative one, or one of a group of KIP-848. The library's consumer ends for good on errors
 * that other clients get over (a fetch that fails often enough, a commit in a rebalance, in KIP-848
 * a session that is over), so a member here has one life after the other, as a supervised process
 * has. It has ended only when several lives in a row came to nothing.
 */
export function platformaticConsumer(
  client: Omit<KafkajsOptions, 'requestTimeout'>,
  options: ConsumerOptions,
  signal: AbortSignal,
): LogConsumer {
  const settings = { ...client, clientId: memberClientId(client.clientId, options) };
  return new PlatformaticMember(settings, options, signal);
}

type Client = Omit<KafkajsOptions, 'requestTimeout'>;

/** Lives in a row that came to nothing before the member has ended. */
const LIVES_MAX = 20;
const BETWEEN_LIVES: Span = seconds(0.3);
const LEAVE_LIMIT: Span = seconds(3);

class PlatformaticMember implements LogConsumer {
  readonly ended: Promise<void>;
  readonly #client: Client;
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

  constructor(client: Client, options: ConsumerOptions, signal: AbortSignal) {
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
    const joined = new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(this.#signal.reason as Error);
      if (this.#signal.aborted) return onAbort();
      this.#signal.addEventListener('abort', onAbort, { once: true });
      const tell = (news: MemberNews): void => {
        onMember(news);
        if (news.act !== 'assigned') return;
        this.#signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#living = this.#live(onBatch, tell);
    });
    await Promise.race([joined, this.ended]);
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

/** Waits for the work, but not for longer; its failure is not ours any more when we leave. */
async function atMost(limit: Span, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([work.catch(() => {}), tooLate]);
  clearTimeout(timer);
}
