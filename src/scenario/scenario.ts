import type { JsonObject } from '../core/json.ts';
import type { Span } from '../core/time.ts';
import type { Rate } from '../core/units.ts';
import type { CheckRef, PhaseName, Profile, TargetRule } from '../record/plan.ts';

/**
 * What a suite writes: one system, one load, what is done to it, and what must hold. Units are
 * branded numbers.
 */
export interface Scenario {
  readonly name: string;
  /** The promise in one sentence, as a person would make it. */
  readonly claim: string;
  readonly topology: {
    readonly topics: Readonly<Record<string, TopicSpec>>;
    /** One system by its kind: `kafka: {…}` or `simlog: {…}`. */
    readonly [system: string]: unknown;
  };
  readonly workload: WorkloadRef;
  readonly load: readonly Stage[];
  /** Load before the baseline that is recorded and not judged; 5 s unless told. */
  readonly warmUp?: Span;
  /** Threads that send; 1 unless told. */
  readonly workers?: number;
  readonly timeline?: readonly Step[];
  readonly watches?: readonly string[];
  readonly checks: readonly CheckRef[];
  readonly budgets?: Partial<Readonly<Record<PhaseName, Span>>>;
  /** Environments' start kinds aside, profiles this scenario makes sense in; both unless told. */
  readonly profiles?: readonly Profile[];
}

/** A topic that the run creates; `config` takes Kafka's own dotted keys. */
export interface TopicSpec {
  readonly partitions: number;
  readonly replication: number;
  readonly minInSync?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Names a workload and its parameters. */
export interface WorkloadRef {
  readonly workload: string;
  readonly params: JsonObject;
}

/** A stretch of load: a rate, a ramp, or a pause. */
export type Stage =
  | { readonly rate: Rate; readonly for: Span }
  | { readonly from: Rate; readonly to: Rate; readonly for: Span }
  | { readonly pause: Span };

/** Names a fault, whom it hits, and its parameters. */
export interface FaultRef {
  readonly fault: string;
  readonly target: TargetRule;
  readonly params: JsonObject;
}

/** A fault on the timeline. */
export interface Step {
  /** From the start of the baseline window. */
  readonly at: Span;
  readonly fault: FaultRef;
  readonly hold: Span;
  /** The trigger must come within this long of its due time; 10 s unless told. */
  readonly within?: Span;
}
