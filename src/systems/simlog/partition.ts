/**
 * One partition of the simulated log: who leads it in which epoch, who is in sync, and what is
 * committed. The rules are Kafka's:
 *
 *  append at the leader ─► followers fetch ─► every replica in sync has it ─► high watermark ─► ack
 *
 * acks=all is refused below min.insync.replicas, and waits for every in-sync replica, dead ones too
 * until the controller takes them out. A leader comes from the in-sync replicas only, so that what
 * is committed stays. Left out: transactions, retention, compaction, several segments, and
 * followers that are slow rather than dead.
 */
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { Agenda } from './agenda.ts';
import { batchOf, type SimBatch, type Writer } from './batch.ts';
import type { SimBroker } from './broker.ts';
import type { Network, Reply } from './network.ts';
import type { ReplicaLog } from './replica-log.ts';

/** What a producer asks of the leader. */
export interface ProduceRequest extends Writer {
  /** Tells producers apart, idempotent or not. */
  readonly producer: number;
  readonly acks: 'all' | 'leader' | 'none';
  readonly values: readonly Uint8Array[];
}

/** What a produce request is answered with; `batch` is null when none was appended. */
export interface Produced {
  readonly baseOffset: number;
  readonly batch: SimBatch | null;
}

/** Where sabotage gets its hands on a partition. Each does nothing when there is none. */
export interface PartitionHooks {
  /** A request that may be appended now; true when somebody else took care of it. */
  produced(of: SimPartition, request: ProduceRequest, reply: Reply<Produced>): boolean;
  /** Whether a write for all replicas is taken although too few are in sync. */
  overlooksMinIsr(of: SimPartition): boolean;
  /** A leader was elected; its log is its own, and followers have not been aligned to it yet. */
  elected(of: SimPartition, log: ReplicaLog): void;
}

/** Where a partition lies, and what it works with. */
export interface PartitionInput extends TopicPartition {
  readonly brokers: ReadonlyMap<number, SimBroker>;
  readonly replicas: readonly number[];
  readonly minInSync: number;
  readonly agenda: Agenda;
  readonly network: Network;
  readonly hooks: PartitionHooks;
}

/** Milliseconds between an append and the fetch of a follower. */
const FETCH = { least: 0.3, most: 3 };
/** Milliseconds that it takes to get back into the in-sync set once a follower has caught up. */
const JOIN = { least: 5, most: 20 };

/** The partition itself; its replicas' logs are with their brokers. */
export class SimPartition implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly minInSync: number;
  leader: number | null = null;
  /** −1 before the first election. */
  epoch = -1;
  isr: readonly number[];
  /** Everything below it is on every in-sync replica. */
  highWatermark = 0;
  /** Told when something may have become readable, or elsewhere. */
  readonly listeners = new Set<() => void>();
  private readonly input: PartitionInput;
  private readonly fetching = new Set<number>();
  private readonly joining = new Set<number>();
  private waiting: {
    readonly produced: Produced;
    readonly last: number;
    reply: Reply<Produced>;
  }[] = [];

  constructor(input: PartitionInput) {
    this.input = input;
    this.topic = input.topic;
    this.partition = input.partition;
    this.replicas = input.replicas;
    this.minInSync = input.minInSync;
    this.isr = input.replicas;
  }

  /** The leader when it can be reached. */
  get servingLeader(): SimBroker | undefined {
    const leader = this.leader === null ? undefined : this.brokerOf(this.leader);
    return leader?.serves === true ? leader : undefined;
  }

  /** A produce request came in at a broker. */
  produce(at: SimBroker, request: ProduceRequest, reply: Reply<Produced>): void {
    if (this.leader !== at.id) return reply.error('NOT_LEADER_OR_FOLLOWER');
    const isThin = request.acks === 'all' && this.isr.length < this.minInSync;
    if (isThin && !this.input.hooks.overlooksMinIsr(this)) {
      return reply.error('NOT_ENOUGH_REPLICAS');
    }
    if (this.input.hooks.produced(this, request, reply)) return;
    this.append(request, reply);
  }

  /** Appends at the leader, which must serve, and answers as the request's acks say. */
  append(request: ProduceRequest, reply: Reply<Produced> | null, rotten = false): SimBatch {
    const log = this.logOf(this.leader as number);
    const batch = batchOf({
      baseOffset: log.logEnd,
      leaderEpoch: this.epoch,
      timestamp: this.input.agenda.now,
      values: request.values,
      producerId: request.producerId,
      producerEpoch: request.producerEpoch,
      baseSequence: request.baseSequence,
      rotten,
    });
    log.append(batch);
    const produced = { baseOffset: batch.baseOffset, batch };
    if (reply !== null && request.acks === 'all') {
      this.waiting.push({ produced, last: batch.lastOffset, reply });
    } else reply?.ok(produced);
    this.replicate();
    this.advance();
    return batch;
  }

  /**
   * Takes a replica out of the in-sync set; the last one stays in, since it alone has everything.
   */
  shrink(broker: number): void {
    if (!this.isr.includes(broker) || this.isr.length === 1) return;
    this.isr = this.isr.filter((id) => id !== broker);
    this.advance();
  }

  /** Makes an in-sync replica the leader, or nobody. */
  lead(next: number | null): void {
    for (const { reply } of this.waiting.splice(0)) reply.error('NOT_LEADER_OR_FOLLOWER');
    this.leader = next;
    this.epoch += 1;
    if (next !== null) this.takeOver(next);
    this.tell();
  }

  /** A broker with a replica serves anew and begins to follow. */
  follow(broker: number): void {
    const leader = this.servingLeader;
    if (leader === undefined || leader.id === broker) return;
    this.logOf(broker).alignTo(this.logOf(leader.id));
    this.replicate();
  }

  /** A broker goes on that nobody took for dead. */
  awake(broker: number): void {
    if (this.leader === broker) {
      this.replicate();
      this.advance();
    } else if (this.replicas.includes(broker)) this.follow(broker);
  }

  /** Replicas on brokers that serve; sabotage reaches into them. */
  servingLogs(): ReplicaLog[] {
    return this.replicas.filter((id) => this.brokerOf(id).serves).map((id) => this.logOf(id));
  }

  /** Cuts what was committed, on every replica that can be reached: sabotage only. */
  loseFrom(offset: number): void {
    for (const log of this.servingLogs()) log.truncate(offset);
    this.highWatermark = Math.min(this.highWatermark, offset);
    this.tell();
  }

  private takeOver(next: number): void {
    const log = this.logOf(next);
    if (this.brokerOf(next).serves) this.input.hooks.elected(this, log);
    // Less than was committed is there only when the files of the last in-sync replica are gone.
    this.highWatermark = Math.min(this.highWatermark, log.logEnd);
    for (const id of this.replicas) if (id !== next && this.brokerOf(id).serves) this.follow(id);
    this.advance();
  }

  private replicate(): void {
    const { agenda, network } = this.input;
    for (const id of this.replicas) {
      if (id === this.leader || this.fetching.has(id) || !this.brokerOf(id).serves) continue;
      this.fetching.add(id);
      agenda.after(network.between(FETCH.least, FETCH.most), () => {
        this.fetching.delete(id);
        this.fetch(id);
      });
    }
  }

  private fetch(follower: number): void {
    const leader = this.servingLeader;
    if (leader === undefined || leader.id === follower || !this.brokerOf(follower).serves) return;
    const from = this.logOf(leader.id);
    const to = this.logOf(follower);
    for (const batch of from.between(to.logEnd, from.logEnd)) to.append(batch);
    to.reach(from.logEnd);
    if (this.isr.includes(follower)) this.advance();
    else this.join(follower);
  }

  private join(follower: number): void {
    if (this.joining.has(follower)) return;
    const { agenda, network } = this.input;
    const { epoch } = this;
    this.joining.add(follower);
    agenda.after(network.between(JOIN.least, JOIN.most), () => {
      this.joining.delete(follower);
      if (!this.brokerOf(follower).serves || this.isr.includes(follower)) return;
      if (this.epoch !== epoch || this.logOf(follower).logEnd < this.highWatermark) {
        return this.replicate();
      }
      this.isr = this.replicas.filter((id) => id === follower || this.isr.includes(id));
      this.advance();
    });
  }

  private advance(): void {
    if (this.servingLeader === undefined) return;
    const committed = Math.min(...this.isr.map((id) => this.logOf(id).logEnd));
    if (committed <= this.highWatermark) return;
    this.highWatermark = committed;
    const isThin = this.isr.length < this.minInSync && !this.input.hooks.overlooksMinIsr(this);
    let done = 0;
    for (const { produced, last, reply } of this.waiting) {
      if (last >= committed) break;
      // Too few were left when it was committed: Partition.checkEnoughReplicasReachOffset.
      if (isThin) reply.error('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
      else reply.ok(produced);
      done += 1;
    }
    this.waiting.splice(0, done);
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private brokerOf(id: number): SimBroker {
    return this.input.brokers.get(id) as SimBroker;
  }

  private logOf(id: number): ReplicaLog {
    return this.brokerOf(id).logOf(this);
  }

  get name(): string {
    return showPartition(this);
  }
}
