import type { JsonObject } from '../core/json.ts';
import type { NodeId, RunId, SessionId, StepId, TopicPartition } from './names.ts';
import type { PhaseName } from './plan.ts';

/**
 * What happened, one line of history.ndjson each. `t` is milliseconds since the origin of the run.
 * A whole history begins with `begin` and ends with `end`; one without `end` was cut short.
 */
export type RunEvent = { readonly t: number } & EventBody;

/** An event without its time: what a recorder is told. */
export type EventBody =
  | BeginEvent
  | { readonly kind: 'phase'; readonly phase: PhaseName; readonly state: 'begin' | 'end' }
  | { readonly kind: 'window'; readonly window: WindowName; readonly state: 'begin' | 'end' }
  | NodeEvent
  | FaultEvent
  | ChangeEvent
  | MemberEvent
  | EnsembleEvent
  | LeadershipEvent
  | OutageEvent
  | LatencyEvent
  | FinalOffsetsEvent
  | SuspectEvent
  | {
      readonly kind: 'effective-config';
      readonly of: string;
      readonly values: Readonly<Record<string, string>>;
    }
  | WatchFailedEvent
  | TroubleEvent
  | EndEvent;

/** First line: who ran, when, where. The only wall-clock time of a run. */
export interface BeginEvent {
  readonly kind: 'begin';
  readonly version: 2;
  readonly run: RunId;
  /** ISO 8601, the wall clock at t = 0. */
  readonly anchor: string;
  readonly highwater: string;
  readonly host: JsonObject;
}

/**
 * Warm-up is recorded and not judged; baseline until the first fault; disturb until the last heal;
 * then recover.
 */
export type WindowName = 'warm-up' | 'baseline' | 'disturb' | 'recover';

/** A node came, went, or is another incarnation than before. */
export interface NodeEvent {
  readonly kind: 'node';
  readonly node: NodeId;
  readonly state: 'up' | 'down' | 'paused';
  readonly incarnation: string | null;
  /** How its process ended, when it is down and that is known: "signal SIGKILL". */
  readonly ended: string | null;
  /** True when a fault or a planned change of ours caused it. */
  readonly expected: boolean;
}

/** One act of a fault's life; `from` and `t` enclose the moment at which it took effect. */
export interface FaultEvent {
  readonly kind: 'fault';
  readonly step: StepId;
  readonly fault: string;
  readonly act: 'engage' | 'confirm' | 'heal' | 'confirm-heal';
  readonly targets: readonly NodeId[];
  /** Start of the act; its end is `t`. */
  readonly from: number;
  /** Whether what was meant to happen was seen to have happened, from another angle. */
  readonly took: boolean;
  /** What was seen, in words. */
  readonly seen: string;
  /** Partitions that were led by a node that the fault harms, when it was engaged. */
  readonly affected: readonly TopicPartition[];
  readonly mechanism: string;
}

/** One act of a planned change; between `begin` and `end` the nodes it handles may come and go. */
export interface ChangeEvent {
  readonly kind: 'change';
  readonly step: StepId;
  readonly change: string;
  /** `note`: a part of it is through, such as one broker of a rolling restart. */
  readonly act: 'begin' | 'note' | 'end';
  readonly nodes: readonly NodeId[];
  /** Of `end`: whether it was carried out and seen to be. */
  readonly took: boolean;
  readonly seen: string;
}

/**
 * What became of a member of the workload's consumer group, as its own client saw it. A rebalance
 * of a member lasts from `rebalancing` to the next `assigned`.
 */
export interface MemberEvent {
  readonly kind: 'member';
  readonly group: string;
  readonly member: SessionId;
  /** `crashed`: lost its connection or died without leaving; `left`: said goodbye. */
  readonly act: 'rebalancing' | 'assigned' | 'paused' | 'resumed' | 'left' | 'crashed' | 'failed';
  /** Of `assigned`: all that it has now. */
  readonly assigned: readonly TopicPartition[];
  readonly seen: string;
}

/** What one server of a ZooKeeper ensemble says of itself; asked when the load is over. */
export interface EnsembleEvent {
  readonly kind: 'ensemble';
  readonly node: NodeId;
  /** `leader`, `follower`, `standalone`; null when it did not answer. */
  readonly mode: string | null;
  /** Hexadecimal, as ZooKeeper shows it. */
  readonly zxid: string | null;
  readonly nodeCount: number | null;
  /** Of the whole data tree, where the version offers one. */
  readonly digest: string | null;
  /** Sessions that it knows to be alive. */
  readonly sessions: readonly string[];
  /** Ephemeral nodes with the session that owns each. */
  readonly ephemerals: readonly { readonly path: string; readonly owner: string }[];
}

/** Who leads a partition and who is in sync, recorded at every change. */
export interface LeadershipEvent extends TopicPartition {
  readonly kind: 'leadership';
  readonly leader: NodeId | null;
  readonly epoch: number;
  readonly isr: readonly NodeId[];
}

/**
 * A stretch in which a producer session got no acknowledgement from a partition although it tried.
 * The true outage as the client saw it began after `lastAckSentAt` and ended before `firstAckAt`.
 */
export interface OutageEvent extends TopicPartition {
  readonly kind: 'outage';
  readonly session: SessionId;
  /** Send time of the last attempt that was acknowledged before; null when there was none. */
  readonly lastAckSentAt: number | null;
  /** When that acknowledgement came. */
  readonly lastAckAt: number | null;
  /** Send times of the first and the last attempt that was not acknowledged. */
  readonly firstUnackedSentAt: number;
  readonly lastUnackedSentAt: number;
  /** Send and completion of the first acknowledged attempt after; null when none came. */
  readonly firstAckSentAt: number | null;
  readonly firstAckAt: number | null;
  /** Requests attempted, and records in them, that were not acknowledged. */
  readonly attempts: number;
  readonly records: number;
}

/**
 * Latency of a window: `due` from the planned time (no coordinated omission), `send` from the real
 * send.
 */
export interface LatencyEvent {
  readonly kind: 'latency';
  readonly window: WindowName;
  readonly from: 'due' | 'send' | 'lateness';
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/**
 * The ends of a partition at drain, and how far the final read came. Offsets as text: they are 64
 * bit.
 */
export interface FinalOffsetsEvent extends TopicPartition {
  readonly kind: 'final-offsets';
  readonly logStart: string;
  readonly highWatermark: string;
  readonly lastStable: string;
  readonly leaderEpoch: number;
  /** Where the final read stood when it ended; null when it could not read. */
  readonly position: string | null;
  readonly records: number;
  /** Why it did not come to the high watermark, or a codec that could not be read. */
  readonly trouble: string | null;
}

/** Third opinion on suspects: what the segments of every replica hold. */
export interface SuspectEvent extends TopicPartition {
  readonly kind: 'suspects';
  readonly session: SessionId;
  readonly suspicion: 'missing';
  readonly ranges: readonly (readonly [number, number])[];
  /**
   * Per replica: how many of the suspects its segments hold; null when the replica could not be
   * read.
   */
  readonly replicas: readonly {
    readonly node: NodeId;
    readonly found: number | null;
    readonly dump: string | null;
  }[];
}

/** A watch began to fail to look; its samples are missing until it succeeds again. */
export interface WatchFailedEvent {
  readonly kind: 'watch-failed';
  readonly watch: string;
  readonly message: string;
}

/** Something went wrong in a phase; the run may have gone on. */
export interface TroubleEvent {
  readonly kind: 'trouble';
  readonly phase: PhaseName;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Last line. The counts let a reader see that the other files are whole. */
export interface EndEvent {
  readonly kind: 'end';
  readonly events: number;
  readonly samples: number;
  readonly deltas: number;
  /** Why the run ended: all done, a person's Ctrl-C, or an error. */
  readonly reason: 'completed' | 'interrupted' | 'failed';
}
