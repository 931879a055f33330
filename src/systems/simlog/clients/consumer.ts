import {
  type ConsumedBatch,
  type ConsumerOptions,
  type LogConsumer,
  type MemberNews,
  type Membership,
  PLAIN_MEMBERSHIP,
  type SimulatedThread,
} from '../../../clients/kafka/port.ts';
import type { SimBatch } from '../batch.ts';
import type { SimCluster } from '../cluster.ts';
import type { Member } from '../groups.ts';
import type { SimPartition } from '../partition.ts';
import { SimError } from '../sim-error.ts';

/** Milliseconds before something that failed is tried again. */
const RETRY = 100;
const BATCHES_MAX = 500;
/** Milliseconds that the coordinator is given for an answer. */
const COORDINATOR_TIMEOUT = 1_000;

/** A partition that this consumer owns at the moment. */
interface Owned {
  readonly of: SimPartition;
  /** The offset of the next record to hand over. */
  position: number;
  committed: number;
  busy: boolean;
  readonly listener: () => void;
}

interface Fetched {
  readonly batches: readonly SimBatch[];
  readonly next: number;
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

function deferred(): Deferred {
  let settle: Pick<Deferred, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as Pick<Deferred, 'resolve' | 'reject'>) };
}

/**
 * A member of a group: fetches what is committed, hands it over, and commits every now and then.
 * Heartbeats are not sent one by one: it is heard of for as long as it is not frozen and not dead.
 */
export class SimConsumer implements LogConsumer, Member {
  readonly ended: Promise<void>;
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly membership: Membership;
  readonly sessionTimeout: number;
  readonly simulated: SimulatedThread;
  private readonly cluster: SimCluster;
  private readonly options: ConsumerOptions;
  private readonly signal: AbortSignal;
  private readonly owned = new Map<SimPartition, Owned>();
  private readonly settle = deferred();
  private readonly firstAssignment = deferred();
  private onBatch: (batch: ConsumedBatch) => void = () => {};
  private onMember: (news: MemberNews) => void = () => {};
  private closed = false;
  private frozen = false;
  private paused = false;

  constructor(cluster: SimCluster, options: ConsumerOptions, signal: AbortSignal) {
    this.cluster = cluster;
    this.options = options;
    this.signal = signal;
    this.clientId = options.member ?? `consumer-${cluster.nextClient()}`;
    this.topics = options.topics;
    this.membership = options.membership ?? PLAIN_MEMBERSHIP;
    this.sessionTimeout = options.sessionTimeout;
    this.simulated = {
      freeze: () => this.freeze(),
      thaw: () => this.thaw(),
      die: () => this.vanish(),
    };
    this.ended = this.settle.promise;
    // Nobody has to listen; a rejection must not end the process.
    this.ended.catch(() => {});
  }

  async start(
    onBatch: (batch: ConsumedBatch) => void,
    onMember: (news: MemberNews) => void = () => {},
  ): Promise<void> {
    this.onBatch = onBatch;
    this.onMember = onMember;
    await this.join();
    await this.firstAssignment.promise;
    this.cluster.agenda.after(this.options.commitInterval, () => this.commitNowAndThen());
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    for (const mine of this.owned.values()) this.fetch(mine);
  }

  revoked(partitions: readonly SimPartition[]): void {
    this.onMember({ act: 'rebalancing', assigned: [], seen: `${partitions.length} given up` });
    this.forget(partitions);
  }

  private forget(partitions: readonly SimPartition[]): void {
    for (const of of partitions) {
      const mine = this.owned.get(of);
      if (mine !== undefined) of.listeners.delete(mine.listener);
      this.owned.delete(of);
    }
  }

  assigned(partitions: readonly { readonly of: SimPartition; readonly from: number }[]): void {
    for (const { of, from } of partitions) {
      const listener = (): void => this.fetch(mine);
      const mine: Owned = { of, position: from, committed: from, busy: false, listener };
      this.owned.set(of, mine);
      of.listeners.add(listener);
      this.fetch(mine);
    }
    const all = [...this.owned.keys()].map(({ topic, partition }) => ({ topic, partition }));
    const seen = `${all.length} partitions, ${partitions.length} of them new`;
    this.onMember({ act: 'assigned', assigned: all, seen });
    this.firstAssignment.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.commit();
    this.forget([...this.owned.keys()]);
    const { groups } = this.cluster;
    if (this.membership.isStatic) groups.fellSilent(this.options.group, this);
    else groups.leave(this.options.group, this);
    this.firstAssignment.resolve();
    this.settle.resolve();
  }

  /** Joins until it is let in. */
  private async join(): Promise<void> {
    const { agenda, groups } = this.cluster;
    const join = { what: 'JoinGroup', act: () => groups.join(this.options.group, this) };
    while (!this.closed && !(await this.askCoordinator(join))) {
      await agenda.pause(RETRY, this.signal);
    }
  }

  private freeze(): void {
    this.frozen = true;
    this.cluster.groups.fellSilent(this.options.group, this);
  }

  /** Goes on where it stood, unless its group has gone on without it. */
  private thaw(): void {
    if (!this.frozen || this.closed) return;
    this.frozen = false;
    if (this.cluster.groups.spoke(this.options.group, this)) return this.resume();
    this.revoked([...this.owned.keys()]);
    this.join().catch((thrown: unknown) => this.die(thrown));
  }

  private vanish(): void {
    this.closed = true;
    this.forget([...this.owned.keys()]);
    this.cluster.groups.fellSilent(this.options.group, this);
    this.settle.resolve();
  }

  /** Asks for more unless there is nothing more, or an answer is under way already. */
  private fetch(mine: Owned): void {
    const { of } = mine;
    if (mine.busy || this.frozen || this.paused) return;
    if (!this.isLive(mine) || of.leader === null) return;
    if (mine.position === of.highWatermark || this.cluster.saboteur.holdsBack(of)) return;
    mine.busy = true;
    const to = this.cluster.broker(of.leader);
    const { position } = mine;
    this.cluster.network
      .send<Fetched>({
        to,
        what: `fetch of ${of.name}`,
        handle: (reply) => {
          if (of.leader !== to.id) return reply.error('NOT_LEADER_OR_FOLLOWER');
          if (position > of.highWatermark) return reply.error('OFFSET_OUT_OF_RANGE');
          const batches = to.logOf(of).between(position, of.highWatermark, BATCHES_MAX);
          const last = batches.length < BATCHES_MAX ? undefined : batches.at(-1);
          reply.ok({ batches, next: last === undefined ? of.highWatermark : last.lastOffset + 1 });
        },
      })
      .then(
        (fetched) => this.handOver(mine, fetched),
        (thrown: unknown) => this.tryAgain(mine, thrown),
      )
      .catch((thrown: unknown) => this.die(thrown));
  }

  private handOver(mine: Owned, { batches, next }: Fetched): void {
    mine.busy = false;
    if (!this.isLive(mine) || this.frozen || this.paused) return;
    const { of, position } = mine;
    const records = batches
      .filter((batch) => !this.cluster.saboteur.hides(of, batch))
      .flatMap(({ baseOffset, values }) =>
        values.map((value, at) => ({ offset: baseOffset + at, value })),
      )
      .filter(({ offset }) => offset >= position)
      .map(({ offset, value }) => ({ offset: BigInt(offset), value }));
    mine.position = next;
    if (records.length > 0) {
      this.onBatch({ topic: of.topic, partition: of.partition, records });
    }
    this.fetch(mine);
  }

  private tryAgain(mine: Owned, thrown: unknown): void {
    if (!(thrown instanceof SimError)) throw thrown;
    // What it stood at is not there any more: from the earliest, as auto.offset.reset says.
    if (thrown.type === 'OFFSET_OUT_OF_RANGE') mine.position = 0;
    this.cluster.agenda.after(RETRY, () => {
      mine.busy = false;
      this.fetch(mine);
    });
  }

  private die(thrown: unknown): void {
    this.closed = true;
    this.forget([...this.owned.keys()]);
    this.cluster.groups.leave(this.options.group, this);
    this.settle.reject(thrown);
  }

  private commitNowAndThen(): void {
    if (this.closed) return;
    void this.commit();
    this.cluster.agenda.after(this.options.commitInterval, () => this.commitNowAndThen());
  }

  /** Commits what was handed over since the last commit; what fails is committed the next time. */
  private async commit(): Promise<void> {
    const changed = [...this.owned.values()].filter((mine) => mine.position !== mine.committed);
    if (changed.length === 0 || this.frozen) return;
    const offsets = new Map(changed.map(({ of, position }) => [of, position]));
    const done = await this.askCoordinator({
      what: 'OffsetCommit',
      act: () => {
        const { groups } = this.cluster;
        // Of one that is out it is refused (UNKNOWN_MEMBER_ID).
        if (groups.has(this.options.group, this)) groups.commit(this.options.group, offsets);
      },
    });
    if (!done) return;
    for (const mine of changed) mine.committed = offsets.get(mine.of) ?? mine.committed;
  }

  /** Tells whether the coordinator could be asked. */
  private async askCoordinator(ask: {
    readonly what: string;
    readonly act: () => void;
  }): Promise<boolean> {
    const to = this.cluster.groups.coordinatorOf(this.options.group);
    if (to === undefined) return false;
    const handle = (reply: { ok(value: true): void; error(name: string): void }): void => {
      // It may have stood still for so long that another one has taken over.
      const now = this.cluster.groups.coordinatorOf(this.options.group);
      if (now !== to) return reply.error('NOT_COORDINATOR');
      ask.act();
      reply.ok(true);
    };
    try {
      return await this.cluster.network.send<true>({
        to,
        what: ask.what,
        timeoutMs: COORDINATOR_TIMEOUT,
        handle,
      });
    } catch (thrown) {
      if (thrown instanceof SimError) return false;
      throw thrown;
    }
  }

  private isLive(mine: Owned): boolean {
    return this.owned.get(mine.of) === mine;
  }
}
