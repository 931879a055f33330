import type { Completion } from '../../core/outcome.ts';
import type { Span } from '../../core/time.ts';
import type { TopicPartition } from '../../record/names.ts';
import type { TopicPlan } from '../../record/plan.ts';
import type { ConfigOwner, LogOperations } from './operations.ts';

/**
 * The Kafka client port: what highwater asks of a partitioned log, whoever speaks the protocol.
 * Drivers: kafkajs (load: it is what users have), @platformatic/kafka (what kafkajs cannot ask),
 * our own reader (final reads), and simlog's clients on the memory environment.
 */
export interface LogClients {
  producer(options: ProducerOptions, signal: AbortSignal): Promise<LogProducer>;
  consumer(options: ConsumerOptions, signal: AbortSignal): Promise<LogConsumer>;
  admin(signal: AbortSignal): Promise<LogAdmin>;
  reader(signal: AbortSignal): Promise<LogReader>;
}

/** JSON, so that it can cross to a worker: how to reach a system from one vantage. */
export interface SutView {
  readonly driver: string;
  readonly bootstrap: readonly string[];
  readonly clientId: string;
}

/** How a producer sends; `requestTimeout` limits one attempt. */
export interface ProducerOptions {
  readonly acks: 'all' | 'leader' | 'none';
  readonly idempotent: boolean;
  readonly requestTimeout: Span;
}

/** Sends batches, one attempt each; whoever opened it disposes it. */
export interface LogProducer extends AsyncDisposable {
  /**
   * One attempt, no retry inside, never rejects. Every record of the batch shares the outcome.
   * Errors are classed by the table in outcomes.ts; what is not in it is unknown.
   */
  send(batch: ProduceBatch): Promise<Completion<{ readonly baseOffset: bigint | null }>>;
}

/** Records for one partition that share one attempt and its outcome. */
export interface ProduceBatch extends TopicPartition {
  readonly values: readonly Uint8Array[];
}

/** How a member of a group behaves. */
export interface ConsumerOptions {
  readonly group: string;
  /** Names the member: the end of its client id, by which its coordinator is asked for it. */
  readonly member?: string;
  readonly membership?: Membership;
  readonly topics: readonly string[];
  readonly sessionTimeout: Span;
  readonly heartbeatInterval: Span;
  readonly commitInterval: Span;
}

/** Who speaks for a member, and how its group shares partitions out. */
export interface Membership {
  readonly driver: 'kafkajs' | 'platformatic';
  /** `consumer` is the protocol of KIP-848: the coordinator assigns, nobody stops for all. */
  readonly protocol: 'classic' | 'consumer';
  readonly assignor: Assignor;
  /** Has a group.instance.id (KIP-345): it comes back to what it had, and never says goodbye. */
  readonly isStatic: boolean;
}

/**
 * How partitions are shared out. `uniform` and `range` are the coordinator's own ones (KIP-848); in
 * a classic group a member computes `range`, `round-robin` or `cooperative-sticky` for all.
 */
export type Assignor = 'range' | 'round-robin' | 'cooperative-sticky' | 'uniform';

/** A member as most are: what kafkajs does unless told. */
export const PLAIN_MEMBERSHIP: Membership = {
  driver: 'kafkajs',
  protocol: 'classic',
  assignor: 'round-robin',
  isStatic: false,
};

/**
 * A member of a group, from the earliest offset, committing what it has handed over. Disposing it
 * says goodbye, unless it is a static member: those never do (KIP-345).
 */
export interface LogConsumer extends AsyncDisposable {
  /**
   * Resolves once the group is joined and partitions are assigned; batches go on arriving until
   * dispose.
   */
  start(
    onBatch: (batch: ConsumedBatch) => void,
    onMember?: (news: MemberNews) => void,
  ): Promise<void>;
  /** Hands nothing over until resumed; goes on as a member of its group. */
  pause(): void;
  resume(): void;
  /** Rejects or resolves when the consumer has died for good. */
  readonly ended: Promise<void>;
  /** Of a simulated client only: what happens to a real one when its thread stops or ends. */
  readonly simulated?: SimulatedThread;
}

/** The thread of a client that has none. */
export interface SimulatedThread {
  /** It does nothing at all any more, heartbeats included, until it thaws. */
  freeze(): void;
  thaw(): void;
  /** It is gone without a word; its coordinator has to notice. */
  die(): void;
}

/** What a member learns of its membership. */
export interface MemberNews {
  readonly act: 'rebalancing' | 'assigned';
  /** Of `assigned`: all that it has now. */
  readonly assigned: readonly TopicPartition[];
  readonly seen: string;
}

/** Records of one partition in order of offset, as a consumer was handed them. */
export interface ConsumedBatch extends TopicPartition {
  readonly records: readonly { readonly offset: bigint; readonly value: Uint8Array | null }[];
}

/** Questions about a cluster, each with a limit of its own; whoever opened it disposes it. */
export interface LogAdmin extends LogOperations, AsyncDisposable {
  cluster(): Promise<ClusterDescription>;
  createTopic(topic: TopicPlan): Promise<void>;
  /** Partitions of the topics; throws while one is not known yet. */
  topics(names: readonly string[]): Promise<readonly PartitionDescription[]>;
  /** The same of every topic, the system's own included. */
  allTopics(): Promise<readonly PartitionDescription[]>;
  /** Offsets of every partition of a topic. */
  offsets(topic: string, at: OffsetsAt): Promise<ReadonlyMap<number, bigint>>;
  /** A consumer group as its coordinator describes it. */
  group(name: string): Promise<GroupDescription>;
  /** Committed offsets of a group; null where it has none. */
  committed(group: string, topic: string): Promise<ReadonlyMap<number, bigint | null>>;
  /** Effective configuration of a broker or a topic, as the running system gives it. */
  config(of: ConfigOwner): Promise<Readonly<Record<string, string>>>;
}

/** `high-watermark` and `last-stable` differ by the records of open transactions. */
export type OffsetsAt = 'earliest' | 'high-watermark' | 'last-stable';

/** Who is in the cluster, as one broker knows it. */
export interface ClusterDescription {
  readonly clusterId: string;
  readonly controller: number | null;
  readonly brokers: readonly {
    readonly id: number;
    readonly host: string;
    readonly port: number;
  }[];
}

/** A group as its coordinator sees it; one that nobody is in has no members. */
export interface GroupDescription {
  /** In Kafka's words: `Stable`, `PreparingRebalance`, `Empty`, `Dead`, … */
  readonly state: string;
  readonly members: readonly {
    readonly clientId: string;
    /** The group.instance.id of a static member. */
    readonly instance: string | null;
    readonly assigned: readonly TopicPartition[];
  }[];
}

/** Who leads a partition and who follows, as the metadata says. */
export interface PartitionDescription extends TopicPartition {
  /** Broker number; null when there is none. */
  readonly leader: number | null;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** Reads everything that is in a log, from the leader, uncommitted and control records included. */
export interface LogReader extends AsyncDisposable {
  /**
   * Batches in order of offset from `from` until the position is at or past `to`. Throws when the
   * log cannot be read that far; a batch that fails its CRC32C is yielded with crcOk false.
   */
  read(of: TopicPartition, from: bigint, to: bigint, signal: AbortSignal): AsyncIterable<ReadBatch>;
}

/** One record batch as it is in the log, control batches included. */
export interface ReadBatch {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly leaderEpoch: number;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  /**
   * A transaction marker says commit or abort; `other` marks are KRaft's own, or emptied by
   * compaction.
   */
  readonly control: 'commit' | 'abort' | 'other' | null;
  readonly crcOk: boolean;
  readonly codec: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  /** Null when the codec cannot be read here: the claim is then inconclusive. */
  readonly records: readonly ReadRecord[] | null;
}

/** One record of a batch; key and value may be views into a larger buffer. */
export interface ReadRecord {
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}
