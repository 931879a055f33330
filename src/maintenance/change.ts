import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Rng } from '../core/rng.ts';
import type { Capability } from '../environments/capabilities.ts';
import type { Node, NodeSpec, RoleSpec } from '../environments/node.ts';
import type { NodeId } from '../record/names.ts';
import type { TopicPlan } from '../record/plan.ts';
import type { Sut } from '../systems/system.ts';

/**
 * A planned change: what an operator does to a system on purpose and that its users should not
 * notice. It is carried out to its end and then proved from another angle.
 */
export interface ChangeKind {
  readonly name: string;
  readonly needs: (params: JsonObject) => readonly Capability[];
  /** Software that it brings along beside what the system starts with. Pure. */
  readonly software?: (params: JsonObject) => readonly NodeSpec['software'][];
  /** Every problem of the parameters, in words. Pure. */
  problems(params: JsonObject, on: ChangeGround): readonly string[];
  /** Fetches what it will need, before there is load. */
  prepare?(input: Pick<ChangeInput, 'params' | 'sut' | 'signal'>): Promise<void>;
  /** Carries it out; throws with what was in the way when it cannot. */
  perform(input: ChangeInput): Promise<ChangeResult>;
}

/** What a change is planned on. */
export interface ChangeGround {
  readonly roles: readonly RoleSpec[];
  readonly topics: readonly TopicPlan[];
  readonly system: { readonly kind: string; readonly spec: JsonObject };
}

/** What a change works with. */
export interface ChangeInput {
  readonly params: JsonObject;
  readonly sut: Sut;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Aborted when the step's limit is over or the run leaves. */
  readonly signal: AbortSignal;
  /** Tells the record that a part of it is through. */
  readonly note: (seen: string, nodes?: readonly NodeId[]) => void;
  /** Nodes that come and go by our hand until released; the watch on nodes then expects it. */
  readonly hold: (nodes: readonly NodeId[]) => void;
  readonly release: (nodes: readonly NodeId[]) => void;
}

/** What a change came to: `took` is false when it was done and its effect was not seen. */
export interface ChangeResult {
  readonly took: boolean;
  readonly seen: string;
}

/** Starts nodes that were reserved, while the run goes on; the run's scope ends them. */
export interface Fleet {
  launch(specs: readonly NodeSpec[]): Promise<readonly Node[]>;
}
