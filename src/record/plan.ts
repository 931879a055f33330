import type { Json, JsonObject } from '../core/json.ts';
import type { ClaimName, StepId } from './names.ts';
import type { TargetRule } from './targets.ts';

/**
 * What will happen, decided before anything is started: pure data, the same for the same scenario,
 * seed and environment. It holds no address, no run id and no wall-clock time; those are in the
 * first event of the history. All times are milliseconds.
 */
export interface RunPlan {
  readonly version: 2;
  readonly scenario: { readonly name: string; readonly claim: string; readonly suite: string };
  /** True when the faults of the scenario were left out on purpose. */
  readonly control: boolean;
  readonly environment: string;
  readonly profile: Profile;
  readonly seed: string;
  readonly system: { readonly kind: string; readonly spec: JsonObject };
  readonly topics: readonly TopicPlan[];
  readonly workload: { readonly name: string; readonly params: JsonObject };
  readonly load: {
    readonly warmUpMs: number;
    readonly stages: readonly StagePlan[];
    /**
     * Load never ends before the last heal: when that is late, it goes on at the last rate for at
     * most so long, until everything is healed and has been seen under load for a while. 0 without
     * faults.
     */
    readonly overtimeMs: number;
    readonly workers: number;
  };
  /** Links that go through the environment's hands; none where no step needs one. */
  readonly links: readonly LinkClass[];
  readonly timeline: readonly StepPlan[];
  readonly watches: readonly string[];
  readonly checks: readonly CheckRef[];
  readonly budgetsMs: Readonly<Record<PhaseName, number>>;
}

/**
 * `fast` shortens time-outs of the system so that a failover takes seconds; `production` keeps its
 * defaults.
 */
export const PROFILES = ['fast', 'production'] as const;
/** One of them. */
export type Profile = (typeof PROFILES)[number];

/** A topic as it will be made. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly minInSync: number;
  /** Kafka's own dotted keys. */
  readonly config: Readonly<Record<string, string>>;
}

/** A constant rate (from equals to) or a ramp, in records a second; a pause is a rate of 0. */
export interface StagePlan {
  readonly fromRate: number;
  readonly toRate: number;
  readonly forMs: number;
}

/** Links among the nodes of a system, or between load clients and nodes. */
export type LinkClass = 'peer' | 'load';

/** One step of the timeline. */
export type StepPlan = FaultStep | ChangeStep;

/** When a step begins. */
export interface StepTime {
  readonly id: StepId;
  /** From the start of the baseline window, or from the end of the step `after`. */
  readonly atMs: number;
  /** The step that must be over first: healed and seen to be, or carried out. */
  readonly after: StepId | null;
  /** The step must begin within this long of its due time. */
  readonly withinMs: number;
}

/** Harm: engaged, held, healed. */
export interface FaultStep extends StepTime {
  readonly kind: 'fault';
  readonly fault: string;
  readonly target: TargetRule;
  /** The other side, of a fault that has two, such as a cut link; null: everybody else. */
  readonly other: TargetRule | null;
  readonly params: JsonObject;
  readonly holdMs: number;
}

/** A planned change: carried out to its end, which takes as long as it takes. */
export interface ChangeStep extends StepTime {
  readonly kind: 'change';
  readonly change: string;
  readonly params: JsonObject;
  /** It must be over within this long of its begin. */
  readonly limitMs: number;
}

/** Names a checker and its parameters. */
export interface CheckRef {
  readonly claim: ClaimName;
  readonly params: { readonly [key: string]: Json };
}

/** The phases of a run in order. */
export const PHASES = [
  'reserve',
  'launch',
  'ready',
  'prepare',
  'warm-up',
  'load',
  'drain',
  'evidence',
  'close',
] as const;
/** Names a phase of a run. */
export type PhaseName = (typeof PHASES)[number];
