import { Consumer, type MessagesStream } from '@platformatic/kafka';
import { messageOf } from '../../../core/errors.ts';
import { ms, type Span } from '../../../core/time.ts';
import { showPartition, type TopicPartition } from '../../../record/names.ts';
import { committing, type MemberClient } from '../group-member.ts';
import {
  type ConsumedBatch,
  type ConsumerOptions,
  type MemberNews,
  type Membership,
  PLAIN_MEMBERSHIP,
} from '../port.ts';
import { platformaticSettings } from './settings.ts';

/**
 * One life of a member over @platformatic/kafka: a consumer of the library with its one stream.
 * What was handed over is committed here, at each interval, and only ahead of what the group has:
 * the library may hand over what it had fetched before the partition moved.
 */
export interface Life {
  /** Resolves when it can go on no more. */
  readonly over: Promise<void>;
  /** How many records it has handed over. */
  readonly records: number;
  pause(): void;
  resume(): void;
  /** Commits what was handed over, if told so, and says goodbye, unless the member is static. */
  end(how: { readonly commits: boolean }): Promise<void>;
}

/** Who is told what comes. */
export interface Hearers {
  readonly onBatch: (batch: ConsumedBatch) => void;
  readonly onMember: (news: MemberNews) => void;
}

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;
type Message = TopicPartition & { readonly offset: bigint; readonly value: Buffer };

const FETCH_WAIT: Span = ms(250);

/** Joins the group and begins to read; rejects when that fails. */
export async function openLife(
  client: MemberClient,
  options: ConsumerOptions,
  hearers: Hearers,
): Promise<Life> {
  const membership = options.membership ?? PLAIN_MEMBERSHIP;
  const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>(
    platformaticSettings(client, options, membership),
  );
  const life = new OneLife(consumer, membership, { client, options, hearers });
  try {
    life.reads(
      await consumer.consume({
        topics: [...options.topics],
        mode: 'committed',
        fallbackMode: 'earliest',
        autocommit: false,
        maxWaitTime: FETCH_WAIT,
      }),
    );
    return life;
  } catch (thrown) {
    await life.end({ commits: false }).catch(() => {
      // The reason why it could not be opened is thrown.
    });
    throw thrown;
  }
}

class OneLife implements Life {
  readonly over: Promise<void>;
  readonly #consumer: Consumer<Buffer, Buffer, Buffer, Buffer>;
  readonly #membership: Membership;
  readonly #of: { readonly client: MemberClient; options: ConsumerOptions; hearers: Hearers };
  readonly #timer: NodeJS.Timeout;
  readonly #commit: () => Promise<void>;
  /** Positions behind what was handed over, by partition. */
  readonly #next = new Map<string, TopicPartition & { offset: bigint }>();
  #isOver: () => void = () => {};
  #stream: Stream | undefined;
  #told: unknown;
  #fresh: Message[] = [];
  #paused = false;
  #records = 0;
  #ending: Promise<void> | undefined;

  constructor(
    consumer: Consumer<Buffer, Buffer, Buffer, Buffer>,
    membership: Membership,
    of: { client: MemberClient; options: ConsumerOptions; hearers: Hearers },
  ) {
    this.#consumer = consumer;
    this.#membership = membership;
    this.#of = of;
    this.over = new Promise((resolve) => {
      this.#isOver = resolve;
    });
    const { onMember } = of.hearers;
    consumer.on('consumer:group:rebalance', () =>
      onMember({ act: 'rebalancing', assigned: [], seen: 'the group rebalances' }),
    );
    // Of a classic group each join is news, also when it gives the same as before.
    const isClassic = membership.protocol === 'classic';
    consumer.on('consumer:group:join', () => this.#tellAssigned(isClassic));
    consumer.on('consumer:heartbeat:end', () => this.#tellAssigned(false));
    consumer.on('consumer:heartbeat:error', ({ error }) => this.#heartbeatFailed(error));
    // A group that could not be joined anew.
    consumer.on('error', (error) => this.#gaveUp(error));
    this.#commit = committing(of.client.log, () => this.#commitAhead());
    this.#timer = setInterval(() => void this.#commit(), of.options.commitInterval);
  }

  get records(): number {
    return this.#records;
  }

  reads(stream: Stream): void {
    this.#stream = stream;
    stream.on('data', (message) => this.#take(message as unknown as Message));
    stream.on('error', (error) => this.#gaveUp(error));
    stream.on('close', () => this.#isOver());
    this.#tellAssigned(false);
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#handOver();
    this.#stream?.resume();
  }

  end(how: { readonly commits: boolean }): Promise<void> {
    this.#ending ??= this.#end(how);
    return this.#ending;
  }

  async #end({ commits }: { readonly commits: boolean }): Promise<void> {
    clearInterval(this.#timer);
    if (commits) await this.#commit();
    // A static member does not leave: its goodbye is said in the name of somebody who is no
    // member, which no coordinator minds, and the library gives back its timers and connections.
    if (this.#membership.isStatic) this.#consumer.memberId = 'nobody';
    await this.#consumer.close(true);
    this.#isOver();
  }

  /** Commits what was handed over of the partitions that are its own. */
  async #commitAhead(): Promise<void> {
    const known = this.#stream?.offsetsCommitted;
    const offsets = this.#assigned().flatMap((of) => {
      const next = this.#next.get(showPartition(of))?.offset;
      const committed = known?.get(`${of.topic}:${of.partition}`);
      // Not known yet, or the group is further than we are: then it is not for us to say.
      const isAhead = next !== undefined && committed !== undefined && next > committed;
      return isAhead ? [{ ...of, offset: next, leaderEpoch: -1 }] : [];
    });
    if (offsets.length > 0 && this.#consumer.isActive()) await this.#consumer.commit({ offsets });
  }

  #take(message: Message): void {
    this.#fresh.push(message);
    if (this.#paused) {
      // The library resumes its streams by itself after a rebalance.
      this.#stream?.pause();
    } else if (this.#fresh.length === 1) setImmediate(() => this.#handOver());
  }

  #handOver(): void {
    if (this.#paused) return;
    const messages = this.#fresh;
    this.#fresh = [];
    const batches = new Map<string, ConsumedBatch & { records: { offset: bigint }[] }>();
    for (const { topic, partition, offset, value } of messages) {
      const key = showPartition({ topic, partition });
      const batch = batches.get(key) ?? { topic, partition, records: [] };
      batches.set(key, batch);
      batch.records.push({ offset, value: value ?? null } as (typeof batch.records)[number]);
      this.#next.set(key, { topic, partition, offset: offset + 1n });
    }
    this.#records += messages.length;
    for (const batch of batches.values()) this.#of.hearers.onBatch(batch);
  }

  #assigned(): readonly TopicPartition[] {
    return (this.#consumer.assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
  }

  /** In KIP-848 no event says that the assignment is another one. */
  #tellAssigned(joined: boolean): void {
    const { assignments } = this.#consumer;
    if (assignments === null || (!joined && assignments === this.#told)) return;
    this.#told = assignments;
    const assigned = this.#assigned();
    for (const key of this.#next.keys()) {
      if (!assigned.some((of) => showPartition(of) === key)) this.#next.delete(key);
    }
    const { protocol } = this.#membership;
    const which = protocol === 'classic' ? `generation ${this.#consumer.generationId}` : 'KIP-848';
    const seen = `${assigned.length} partitions, ${which}`;
    this.#of.hearers.onMember({ act: 'assigned', assigned, seen });
  }

  #heartbeatFailed(error: unknown): void {
    const { protocol } = this.#membership;
    // The library would go on with the same epoch for ever (2.12.1); other clients join anew.
    if (protocol === 'consumer' && /UNKNOWN_MEMBER_ID/.test(textOf(error))) this.#gaveUp(error);
  }

  #gaveUp(error: unknown): void {
    this.#of.client.log({ level: 'warn', from: 'consumer', message: messageOf(error) });
    this.#isOver();
  }
}

/** The messages of an error and of all that it was made of. */
function textOf(error: unknown): string {
  const { errors = [], apiId = '' } = error as { errors?: readonly unknown[]; apiId?: string };
  return [apiId, messageOf(error), ...errors.map(textOf)].join(' ');
}
