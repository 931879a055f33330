import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Rng } from '../core/rng.ts';
import type { Instant } from '../core/time.ts';
import type { Capability } from '../environments/capabilities.ts';
import type { Links } from '../environments/links.ts';
import type { Node, RoleSpec } from '../environments/node.ts';
import type { NodeId, SessionId } from '../record/names.ts';
import type { LinkClass, TopicPlan } from '../record/plan.ts';
import type { TargetRule } from '../record/targets.ts';
import type { Sut } from '../systems/system.ts';

/** Harm with an undo and a proof. */
export interface FaultKind {
  readonly name: string;
  /** What its target rule must mean; nodes unless told. */
  readonly hits?: 'nodes' | 'members';
  readonly needs: (params: JsonObject) => readonly Capability[];
  /** Links that it works on; none unless told. */
  readonly links?: (step: {
    readonly target: TargetRule;
    readonly other: TargetRule | null;
    readonly params: JsonObject;
  }) => readonly LinkClass[];
  /** Every problem of the parameters, in words. Pure. */
  problems(params: JsonObject): readonly string[];
  /** Every problem of a step with what it is done to, in words; none unless told. Pure. */
  misfits?(
    step: { readonly target: TargetRule; readonly params: JsonObject },
    ground: { readonly roles: readonly RoleSpec[]; readonly topics: readonly TopicPlan[] },
  ): readonly string[];
  /** Does the harm; returns as soon as it is done. Throws when it could not. */
  engage(input: EngageInput): Promise<Engaged>;
}

/** What a fault is given to do its harm with; targets are resolved already. */
export interface EngageInput {
  readonly targets: readonly Node[];
  /** The other side, of a fault that has two; null: everybody else. */
  readonly others: readonly Node[] | null;
  readonly params: JsonObject;
  readonly sut: Sut;
  /** Topics of the run. */
  readonly topics: readonly string[];
  /** Null when the plan reserved none. */
  readonly links: Links | null;
  /** The workload's consumer group; null when it has none. */
  readonly group: GroupMembers | null;
  /** Members of the group that the target rule means. */
  readonly members: readonly SessionId[];
  readonly clock: Clock;
  /** Of this step alone: the same seed gives the same draws. */
  readonly rng: Rng;
  readonly signal: AbortSignal;
}

/** The members of a consumer group that load runs, for harm that is done to clients. */
export interface GroupMembers {
  /** Name of the group. */
  readonly name: string;
  readonly ids: readonly SessionId[];
  /**
   * pause: stops handling records and, if told so by `silent`, heartbeats too; crash: drops its
   * connections without leaving; leave: says goodbye; join: a member that is away comes back.
   */
  act(member: SessionId, what: MemberAct, signal: AbortSignal): Promise<void>;
  look(member: SessionId, signal: AbortSignal): Promise<MemberLook>;
}

/** What can be done to a member of a group. */
export type MemberAct = 'pause' | 'pause-silent' | 'resume' | 'leave' | 'crash' | 'join';

/** One look at a member. */
export interface MemberLook {
  readonly state: 'working' | 'paused' | 'away';
  /** Records that it was handed since it came. */
  readonly consumed: number;
  readonly assigned: number;
}

/** Harm that was done. */
export interface Engaged {
  /** How it was done, for the record: "SIGKILL to pid 4711". */
  readonly mechanism: string;
  /** When the harm began, of a fault that looked first; the start of engage unless told. */
  readonly began?: Instant;
  /** Nodes whose partitions it affects; its targets unless told. */
  readonly harmed?: readonly NodeId[];
  /**
   * Looks from another angle whether it bit: process gone, address refuses. Waits as long as that
   * may take.
   */
  confirm(signal: AbortSignal): Promise<Effect>;
  /** Undoes it; idempotent. */
  heal(signal: AbortSignal): Promise<void>;
  /** Looks whether it is undone: running anew, answering as itself. */
  confirmHeal(signal: AbortSignal): Promise<Effect>;
}

/** What a look at harm, or at its undo, found. */
export interface Effect {
  readonly took: boolean;
  /** What was seen, in words. */
  readonly seen: string;
}
