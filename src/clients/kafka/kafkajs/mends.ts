import { createRequire } from 'node:module';
import { invariant } from '../../../core/errors.ts';

/**
 * Four defects of kafkajs 2.2.4 that would be blamed on the system under test, mended at its
 * prototypes before the first client is made. Its last release is of 2023.
 */
export function mendKafkajs(): void {
  if (mended) return;
  mended = true;
  stopNegativeTimers();
  joinAgainWithoutMemberId();
  connectAnewAfterSilence();
  commitToTheCoordinatorOfToday();
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

interface Connection {
  readonly socket: { destroy(error: Error): void } | null;
  send(request: object): Promise<unknown>;
}

/**
 * A connection on which a request was not answered in time is given up, as the Java client does
 * (NetworkClient, handleTimedOutRequests). kafkajs keeps it and asks the next question there as
 * well: where something between client and broker holds a connection open that leads nowhere, as a
 * proxy in front of a pod that is gone, it asks there for minutes after the broker is back.
 */
function connectAnewAfterSilence(): void {
  const { prototype } = load('kafkajs/src/network/connection') as { prototype: Connection };
  const original = prototype.send;
  invariant(typeof original === 'function', 'kafkajs has no send of a connection any more');
  prototype.send = async function (this: Connection, request): Promise<unknown> {
    const { socket } = this;
    try {
      return await original.call(this, request);
    } catch (thrown) {
      const isSilence = thrown instanceof Error && thrown.name === 'KafkaJSRequestTimeoutError';
      // With an error, because kafkajs listens to no `close`.
      if (isSilence) socket?.destroy(new Error('no answer in time'));
      throw thrown;
    }
  };
}

interface OffsetManager {
  readonly groupId: string;
  readonly cluster: { findGroupCoordinator(of: { readonly groupId: string }): Promise<unknown> };
  coordinator: unknown;
  commitOffsets(offsets?: object): Promise<void>;
}

/**
 * A commit that the coordinator of old refused goes to that of today when it is tried again.
 * kafkajs looks for it only when it joins. When a coordinator moves it may refuse a join because it
 * has not read the group yet, and take the next heartbeat of the same member in its old generation:
 * a member in good standing, every commit of which is refused by another broker for ever.
 */
function commitToTheCoordinatorOfToday(): void {
  const { prototype } = load('kafkajs/src/consumer/offsetManager') as { prototype: OffsetManager };
  const original = prototype.commitOffsets;
  invariant(typeof original === 'function', 'kafkajs commits offsets in another place now');
  prototype.commitOffsets = async function (this: OffsetManager, offsets): Promise<void> {
    try {
      await original.call(this, offsets);
    } catch (thrown) {
      const isElsewhere =
        thrown instanceof Error && 'type' in thrown && thrown.type === 'NOT_COORDINATOR_FOR_GROUP';
      if (isElsewhere) {
        const { cluster, groupId } = this;
        this.coordinator = await cluster.findGroupCoordinator({ groupId });
      }
      throw thrown;
    }
  };
}
