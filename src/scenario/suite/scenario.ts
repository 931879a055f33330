import type { JsonObject } from '../../core/json.ts';
import type { Span } from '../../core/time.ts';
import type { Rate } from '../../core/units.ts';
import type { HarmLimits } from '../../faults/limits.ts';
import type { Role } from '../../record/names.ts';
import type { CheckRef, PhaseName, Profile } from '../../record/plan.ts';
import type { TargetRule } from '../../record/targets.ts';

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
  readonly timeline?: readonly (Step | Composed)[];
  /** What random harm keeps to; see docs/decisions/0013-harm-limits.md. */
  readonly limits?: HarmLimits;
  readonly watches?: readonly string[];
  readonly checks: readonly CheckRef[];
  readonly budgets?: Partial<Readonly<Record<PhaseName, Span>>>;
  /** Environments' start kinds aside, profiles this scenario makes sense in; both unless told. */
  readonly profiles?: readonly Profile[];
  /**
   * Roles that the claim takes for granted: a system that has no nodes of one is refused. With
   * `controller` no broker holds the office of the controller.
   */
  readonly roles?: readonly Role[];
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
  /** The other side, of a fault that has two; everybody else unless told. */
  readonly other?: TargetRule;
  readonly params: JsonObject;
}

/** Names a planned change and its parameters. */
export interface ChangeRef {
  readonly change: string;
  readonly params: JsonObject;
}

/** One entry of the timeline: harm that is held and healed, or a planned change. */
export type Step = StepTrigger &
  (
    | { readonly fault: FaultRef; readonly hold: Span }
    | {
        readonly change: ChangeRef;
        /** It must be over within this long; 60 s unless told. */
        readonly limit?: Span;
      }
  );

/**
 * When a step begins: so long from the start of the baseline window, or so long after another step,
 * by its id, was over.
 */
export type StepTrigger = (
  | { readonly at: Span }
  | { readonly after: string; readonly plus?: Span }
) & {
  /** `fault-1`, `change-2` by their place in the timeline, unless told. */
  readonly id?: string;
  /** It must begin within this long of its due time; 10 s unless told. */
  readonly within?: Span;
};

/**
 * Random harm: expanded by the seed to ordinary steps before anything starts, so that the plan
 * shows what will be done.
 */
export interface Composed {
  readonly nemesis: {
    readonly from: readonly FaultRef[];
    /** From one engage to the next. */
    readonly every: Span;
    readonly hold: Span;
    /** First engage, from the start of the baseline; `every` unless told. */
    readonly at?: Span;
    /** No heal comes later; 5 s before the load ends unless told. */
    readonly until?: Span;
    /** The run's own seed unless told. */
    readonly seed?: string;
  };
}
