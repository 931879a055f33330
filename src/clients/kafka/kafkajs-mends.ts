import { createRequire } from 'node:module';
import { invariant } from '../../core/errors.ts';

/**
 * Two defects of kafkajs 2.2.4 that would be blamed on the system under test, mended at its
 * prototypes before the first client is made. Its last release is of 2023.
 */
export function mendKafkajs(): void {
  if (mended) return;
  mended = true;
  stopNegativeTimers();
  joinAgainWithoutMemberId();
}
let mended = false;

const load = createRequire(import.meta.url);

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/**
 * Mends the cause of node's TimeoutNegativeWarning: after every response kafkajs sets a timer to
 * look for requests that wait, for "-1 minus now" when it is not throttled. With nothing waiting
 * and no throttle there is nothing to look for, so then no timer is set.
 */
function stopNegativeTimers(): void {
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const original = prototype.scheduleCheckPendingRequests;
  invariant(typeof original === 'function', 'kafkajs has no scheduleCheckPendingRequests any more');
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this);
  };
}

interface ConsumerGroup {
  readonly memberId: string | null;
  heartbeat(options: { readonly interval: number }): Promise<void>;
}

/**
 * A member that was told UNKNOWN_MEMBER_ID forgets its id and joins anew. When that fails, because
 * the coordinator has just moved, kafkajs goes back to fetching with its old assignment, and since
 * it sends no heartbeats without an id nothing ever makes it join: it reads along for ever, and
 * every commit of it is refused. So a heartbeat without an id is answered here as the coordinator
 * would: join again.
 */
function joinAgainWithoutMemberId(): void {
  const { prototype } = load('kafkajs/src/consumer/consumerGroup') as { prototype: ConsumerGroup };
  const { KafkaJSProtocolError } = load('kafkajs/src/errors') as {
    KafkaJSProtocolError: new (error: object) => Error;
  };
  const original = prototype.heartbeat;
  invariant(
    typeof original === 'function',
    'kafkajs has no heartbeat of a consumer group any more',
  );
  prototype.heartbeat = async function (this: ConsumerGroup, options): Promise<void> {
    if (this.memberId) return original.call(this, options);
    throw new KafkaJSProtocolError({
      type: 'REBALANCE_IN_PROGRESS',
      code: 27,
      retriable: false,
      message: 'the member has no id, so the group does not know it',
    });
  };
}
