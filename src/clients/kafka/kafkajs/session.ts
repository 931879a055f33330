import { Partitioners, type Producer } from 'kafkajs';
import type { ProducerOptions } from '../port.ts';
import type { Attempt } from './attempt.ts';
import { type KafkajsOptions, kafkajsClient } from './client.ts';

/**
 * One life of a kafkajs producer, with what is under way in it. It ends as a whole: what has not
 * been answered then never will be, so nothing of it can be acknowledged after what a later session
 * sends, and acknowledged records stay in order.
 */
export class KafkajsSession {
  readonly producer: Producer;
  readonly connected: Promise<void>;
  /** Attempts by the time at which they were handed to the producer. */
  readonly underWay = new Map<Attempt, number>();
  readonly #end: () => void;
  #metadata: object = {};
  #over = false;

  constructor(client: KafkajsOptions, { idempotent }: ProducerOptions) {
    const own = kafkajsClient(client);
    this.#end = own.end;
    this.producer = own.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent,
      // One attempt. kafkajs refuses 0 for an idempotent producer, so that it can resend; not a
      // number means no resend as well and is not refused.
      retry: { retries: idempotent ? Number.NaN : 0 },
      // Every failed send refreshes metadata; by age they would be refreshed in the way of sends.
      metadataMaxAge: 24 * 3_600_000,
    });
    this.connected = this.producer.connect();
    this.connected.catch(() => {
      // Told by the attempts that wait for it.
    });
  }

  /** Stands for what kafkajs knows of leaders now: another object after each refresh. */
  get metadata(): object {
    return this.#metadata;
  }

  /** An attempt failed; kafkajs has looked for leaders before it told. */
  refreshed(): void {
    this.#metadata = {};
  }

  /** How long the oldest attempt has been waiting, in milliseconds. */
  waiting(): number {
    const [oldest] = this.underWay.values();
    return oldest === undefined ? 0 : performance.now() - oldest;
  }

  /** Whether it could not connect at all; waits until that is known. */
  neverConnected(): Promise<boolean> {
    return this.connected.then(
      () => false,
      () => true,
    );
  }

  /** Ends what is under way and lets go of the sockets; idempotent. */
  end(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    for (const attempt of this.underWay.keys()) attempt.fail(reason);
    this.#end();
    this.producer.disconnect().catch(() => {
      // Its sockets are gone already; there is nothing left that could fail to close.
    });
  }
}
