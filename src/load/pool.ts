import type { SutView } from '../clients/kafka/port.ts';
import type { JsonObject } from '../core/json.ts';
import type { Span } from '../core/time.ts';
import type { RunEvent, WindowName } from '../record/events.ts';
import type { DeliveryDelta } from '../record/ledger.ts';
import type { StagePlan, TopicPlan } from '../record/plan.ts';
import type { Sample } from '../record/samples.ts';

/**
 * Load workers, in threads beside the conductor (real clock) or inline (memory environment).
 * Aggregates and ledger deltas cross to the conductor, never records.
 */
export interface LoadPool extends AsyncDisposable {
  /**
   * Opens all clients; resolves when every worker is connected and the receiver has its partitions.
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
  /** Ends the receiver and tells its last deltas; call once lag is drained. */
  endReceiver(): Promise<void>;
  /** Rejects when a worker died: the run must not go on as if nothing was. Never resolves. */
  readonly failed: Promise<never>;
}

/** JSON: what one worker has to do. */
export interface WorkerJob {
  readonly role: 'send' | 'receive';
  readonly session: string;
  readonly run: string;
  readonly view: SutView;
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
