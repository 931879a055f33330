import type { SutView } from '../clients/kafka/port.ts';
import type { JsonObject } from '../core/json.ts';
import type { Span } from '../core/time.ts';
import type { RunEvent, WindowName } from '../record/events.ts';
import type { DeliveryDelta } from '../record/ledger.ts';
import type { SessionId } from '../record/names.ts';
import type { StagePlan, TopicPlan } from '../record/plan.ts';
import type { Sample } from '../record/samples.ts';

/**
 * Load workers, in threads beside the conductor (real clock) or inline (memory environment).
 * Aggregates and ledger deltas cross to the conductor, never records.
 */
export interface LoadPool extends AsyncDisposable {
  /**
   * Opens all clients; resolves when every worker is connected and every receiver is in its group.
   */
  open(signal: AbortSignal): Promise<void>;
  /** Starts the timetable now: slot 0 is due at this moment. Warm-up is part of it. */
  start(): void;
  /**
   * From now on attempts belong to this window; warm-up unless told. The latency of the window
   * before is told once its attempts have their completions.
   */
  window(name: WindowName): void;
  /** Ends sending early; what was attempted stays counted. Idempotent. */
  stop(): void;
  /**
   * Resolves when the timetable has ended and every attempt has its completion or its limit has
   * passed; the last deltas are told.
   */
  finished(): Promise<void>;
  /** Ends all receivers and tells their last deltas; call once lag is drained. */
  endReceiver(): Promise<void>;
  /** The receivers as members of their group; null when there are none. */
  readonly members: PoolMembers | null;
  /** Rejects when a worker died: the run must not go on as if nothing was. Never resolves. */
  readonly failed: Promise<never>;
}

/** The members of the workload's consumer group, for whoever does them harm. */
export interface PoolMembers {
  /** Name of the group. */
  readonly name: string;
  /** All that there are, those that are away included. */
  readonly ids: readonly SessionId[];
  /**
   * pause: handles no records, and goes on as a member; pause-silent: does nothing at all, as a
   * client whose handler never returns; crash: is gone without a word; leave: says goodbye; join:
   * one that is away comes back, under the same name.
   */
  act(member: SessionId, what: PoolMemberAct, signal: AbortSignal): Promise<void>;
  look(member: SessionId, signal: AbortSignal): Promise<PoolMemberLook>;
}

/** What can be done to a member. */
export type PoolMemberAct = 'pause' | 'pause-silent' | 'resume' | 'leave' | 'crash' | 'join';

/** One look at a member, at most a second old. */
export interface PoolMemberLook {
  readonly state: 'working' | 'paused' | 'away';
  /** Records that it was handed since it came. */
  readonly consumed: number;
  /** Partitions that it has, as its client knows. */
  readonly assigned: number;
}

/** JSON: what one worker has to do. */
export interface WorkerJob {
  readonly role: 'send' | 'receive';
  /** Names the worker: its receiver, or the first of its producer sessions. */
  readonly session: SessionId;
  /** All producer sessions of a sender; the one that names it unless told. */
  readonly sessions?: readonly SessionId[];
  /** The consumer group of a receiver. */
  readonly group?: string;
  readonly run: string;
  readonly view: SutView;
  /**
   * Absolute path of the file for what the client libraries say of themselves, which all workers
   * share; nobody listens unless told.
   */
  readonly clientLog?: string;
  readonly workload: { readonly name: string; readonly params: JsonObject };
  readonly topics: readonly TopicPlan[];
  /** Warm-up first, as a stage of its own. */
  readonly stages: readonly StagePlan[];
  readonly part: number;
  readonly of: number;
  /** Origin of the run's real clock, so that times of all threads are on one axis. */
  readonly clockOrigin: string | null;
  /** Attempts in flight per lane; a slot that finds none free is dropped and counted. */
  readonly inFlightMax: number;
  /** How long after the end of the timetable open attempts are waited for. */
  readonly lingerMs: Span;
  /**
   * For tests of the harness: sends at most this many records a second whatever the timetable says.
   */
  readonly throttle: number | null;
}

/** What workers tell, in the shapes of the record. `t` is already on the run's clock. */
export interface LoadTells {
  events(events: readonly RunEvent[]): void;
  samples(rows: readonly Sample[]): void;
  deliveries(deltas: readonly DeliveryDelta[]): void;
  /** Totals for the status line. */
  totals(totals: LoadTotals): void;
}

/** Records of the whole run so far, for the status line. */
export interface LoadTotals {
  readonly due: number;
  readonly attempted: number;
  readonly acknowledged: number;
  readonly unknown: number;
  readonly failed: number;
  readonly dropped: number;
  readonly consumed: number;
}
