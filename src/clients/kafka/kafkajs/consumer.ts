import {
  type Consumer,
  type ConsumerConfig,
  type EachBatchPayload,
  PartitionAssigners,
} from 'kafkajs';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { seconds } from '../../../core/time.ts';
import { untilAborted } from '../../../core/until-aborted.ts';
import {
  assignedIn,
  atMost,
  LEAVE_LIMIT,
  type MemberClient,
  memberClientId,
} from '../group-member.ts';
import type { ConsumedBatch, ConsumerOptions, LogConsumer, MemberNews } from '../port.ts';
import { kafkajsClient } from './client.ts';
import { keepPositions } from './positions.ts';
import { rangeAssigner } from './range.ts';

/**
 * A member of a group over kafkajs. Isolation is read_committed, stated and not left to a default:
 * the lag that belongs to it is the one to the last stable offset. kafkajs would commit after every
 * batch whatever interval it is given, so offsets are committed here: at each interval those of the
 * batches that were handed over, and once more at the end. On trouble kafkajs joins anew by itself;
 * the member has ended only when it gives that up.
 *
 * kafkajs 2.2.4 knows classic groups only, in which everybody gives up everything in a rebalance,
 * and no static members: it never sends a group.instance.id.
 */
export function kafkajsConsumer(
  client: MemberClient,
  options: ConsumerOptions,
  signal: AbortSignal,
): LogConsumer {
  let closing: Promise<void> | undefined;
  const clientId = memberClientId(client.clientId, options);
  const own = kafkajsClient({
    ...client,
    clientId,
    requestTimeout: REQUEST_LIMIT,
    retries: ROUNDS,
  });
  const consumer = own.kafka.consumer(settingsOf(options, () => closing === undefined));
  const positions = keepPositions(consumer, client.log);
  let timer: NodeJS.Timeout | undefined;
  const end = endOf(consumer);

  const close = async (): Promise<void> => {
    clearInterval(timer);
    await atMost(
      LEAVE_LIMIT,
      positions.commit().then(() => consumer.disconnect()),
    );
    own.end();
    end.closed();
  };

  return {
    ended: end.ended,
    pause: () => consumer.pause(options.topics.map((topic) => ({ topic }))),
    resume: () => consumer.resume(options.topics.map((topic) => ({ topic }))),
    async start(onBatch, onMember = () => {}) {
      tellMembership(consumer, onMember);
      const joined = joinOf(consumer);
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatch: async (payload) => onBatch(batchOf(payload)),
        });
        await untilAborted(Promise.race([joined, end.ended]), signal);
      } catch (thrown) {
        signal.throwIfAborted();
        const text = `group ${options.group} could not be joined: ${messageOf(thrown)}`;
        throw new HighwaterError('CLIENT_FAILED', text, { cause: thrown });
      }
      if (closing === undefined) {
        timer = setInterval(() => void positions.commit(), options.commitInterval);
      }
    },
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

const REQUEST_LIMIT = seconds(5);
/** The first member of all waits while the topic with the offsets is made. */
const ROUNDS = 30;

function settingsOf(options: ConsumerOptions, goOn: () => boolean): ConsumerConfig {
  return {
    groupId: options.group,
    partitionAssigners: [
      options.membership?.assignor === 'range' ? rangeAssigner : PartitionAssigners.roundRobin,
    ],
    sessionTimeout: options.sessionTimeout,
    // kafkajs waits this long and 5 s more for an answer to JoinGroup. By its default of 60 s a
    // member whose question was lost, as a coordinator moved, was seen to stand still for a minute.
    rebalanceTimeout: options.sessionTimeout,
    heartbeatInterval: options.heartbeatInterval,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    // kafkajs sends heartbeats between fetches only, so a fetch must not wait for longer.
    maxWaitTimeInMs: Math.min(250, options.heartbeatInterval),
    metadataMaxAge: seconds(5),
    retry: {
      // A member whose coordinator died looks for the new one only when it starts over.
      retries: 5,
      initialRetryTime: 50,
      maxRetryTime: 400,
      multiplier: 1.5,
      factor: 0.1,
      restartOnFailure: async () => goOn(),
    },
  };
}

/** Tells when the group rebalances, as far as kafkajs notices, and what this member got. */
function tellMembership(consumer: Consumer, tell: (news: MemberNews) => void): void {
  const { events } = consumer;
  const rebalancing = (seen: string): void => tell({ act: 'rebalancing', assigned: [], seen });
  consumer.on(events.REBALANCING, () => rebalancing('the group rebalances'));
  consumer.on(events.CRASH, ({ payload }) => {
    if (payload.restart) rebalancing(`starts over: ${payload.error.message}`);
  });
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    const assigned = assignedIn(payload.memberAssignment);
    const seen = `${assigned.length} partitions by ${payload.groupProtocol}`;
    tell({ act: 'assigned', assigned, seen });
  });
}

/** Settles when kafkajs has given up, or when we closed it. */
function endOf(consumer: Consumer): { readonly ended: Promise<void>; closed(): void } {
  let closed: () => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    closed = resolve;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
  });
  // Whoever does not look at the end is not to be ended by it.
  ended.catch(() => {});
  return { ended, closed };
}

/** Resolves when the group was joined, with whatever partitions that gave. */
const joinOf = (consumer: Consumer): Promise<void> =>
  new Promise((resolve) => void consumer.on(consumer.events.GROUP_JOIN, () => resolve()));

const batchOf = ({ batch }: EachBatchPayload): ConsumedBatch => ({
  topic: batch.topic,
  partition: batch.partition,
  records: batch.messages.map(({ offset, value }) => ({ offset: BigInt(offset), value })),
});
