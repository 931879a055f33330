import type { Json, JsonObject } from '../core/json.ts';
import type { ClaimName, Role, StepId, TopicPartition } from './names.ts';

/**
 * What will happen, decided before anything is started: pure data, the same for the same scenario,
 * seed and environment. It holds no address, no run id and no wall-clock time; those are in the
 * first event of the history. All times are milliseconds.
 */
export interface RunPlan {
  readonly version: 1;
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
  readonly timeline: readonly StepPlan[];
  readonly watches: readonly string[];
  readonly checks: readonly CheckRef[];
  readonly budgetsMs: Readonly<Record<PhaseName, number>>;
}

/**
 * `fast` shortens time-outs of the system so that a failover takes seconds; `production` keeps its
 * defaults.
 */
export type Profile = 'fast' | 'production';

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

/** Whom a fault hits; resolved when it is injected, because leaders move. */
export type TargetRule =
  | { readonly leaderOf: TopicPartition }
  | { readonly role: Role; readonly count?: number }
  | { readonly nodes: readonly string[] };

/** One fault of the timeline. */
export interface StepPlan {
  readonly id: StepId;
  readonly fault: string;
  readonly target: TargetRule;
  readonly params: JsonObject;
  /** When to engage, from the start of the baseline window. */
  readonly atMs: number;
  /** The trigger must come within this long of its due time. */
  readonly withinMs: number;
  readonly holdMs: number;
}

/** Names a checker and its parameters. */
export interface CheckRef {
  readonly claim: ClaimName;
  readonly params: { readonly [key: string]: Json };
}

/** The phases of a run in order. */
export const PHASES = [
  'preflight',
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
