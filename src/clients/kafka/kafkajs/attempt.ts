import type { Message } from 'kafkajs';
import type { Completion } from '../../../core/outcome.ts';
import { classAttempt, completionOf } from '../outcomes.ts';
import type { ProducerOptions } from '../port.ts';

/** What a send of the port resolves with. */
export type Sent = Completion<{ readonly baseOffset: bigint | null }>;

/**
 * One attempt to send, which ends exactly once. kafkajs does not say whether a request that failed
 * had left: a lost answer and a broker that was never reached can look the same. So the attempt
 * watches the moment at which its records are encoded, which kafkajs does right before it writes
 * them to a connected socket. An attempt that ends before that moment certainly was not sent,
 * and is kept from being sent later.
 */
export interface Attempt {
  /** The records for kafkajs; reading them for the wire marks the attempt as sent. */
  readonly messages: Message[];
  /** Resolves once the records are encoded, or the attempt ended. */
  readonly left: Promise<void>;
  readonly done: Promise<Sent>;
  /** True once it may not change any more. */
  readonly ended: boolean;
  /** Ends it with what a broker acknowledged. */
  acknowledge(baseOffset: bigint | null): void;
  /**
   * Ends it with an error, classed by whether the records may have left; tells if the session ends.
   */
  fail(thrown: unknown): { readonly outcome: 'ok' | 'fail' | 'unknown'; endsSession: boolean };
}

/** Begins an attempt. */
export function beginAttempt(
  values: readonly Uint8Array[],
  { partition, acks }: { partition: number; acks: ProducerOptions['acks'] },
): Attempt {
  let hasLeft: () => void = () => {};
  let isDone: (sent: Sent) => void = () => {};
  const left = new Promise<void>((resolve) => {
    hasLeft = resolve;
  });
  const done = new Promise<Sent>((resolve) => {
    isDone = resolve;
  });
  let maySent = false;
  let ended = false;
  const end = (sent: Sent): void => {
    ended = true;
    isDone(sent);
    hasLeft();
  };
  const onEncode = (): undefined => {
    if (ended) throw new Error('the attempt ended before it was sent');
    maySent = true;
    hasLeft();
    return undefined;
  };
  return {
    messages: messagesOf(values, partition, onEncode),
    left,
    done,
    get ended() {
      return ended;
    },
    acknowledge(baseOffset) {
      if (!ended) end({ kind: 'ok', value: { baseOffset } });
    },
    fail(thrown) {
      const classed = classAttempt({ thrown, maySent, acks });
      if (!ended) end(completionOf(classed));
      return classed;
    },
  };
}

/** kafkajs reads `timestamp` of a message when it encodes it, and at no other time. */
function messagesOf(
  values: readonly Uint8Array[],
  partition: number,
  onEncode: () => undefined,
): Message[] {
  const messages = values.map((value): Message => ({ partition, value: asBuffer(value) }));
  const [first] = messages;
  if (first !== undefined) Object.defineProperty(first, 'timestamp', { get: onEncode });
  return messages;
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
