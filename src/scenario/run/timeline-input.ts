import type { Clock } from '../../core/clock.ts';
import type { Progress } from '../../core/progress.ts';
import type { Rng } from '../../core/rng.ts';
import type { Scope } from '../../core/scope.ts';
import { type Instant } from '../../core/time.ts';
import type { Links } from '../../environments/links.ts';
import type { FaultKind, GroupMembers } from '../../faults/fault.ts';
import type { ChangeKind, Fleet } from '../../maintenance/change.ts';
import type { StepPlan } from '../../record/plan.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { Sut } from '../../systems/system.ts';

/** What the timeline is played with. */
export interface TimelineInput {
  readonly steps: readonly StepPlan[];
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly changes: ReadonlyMap<string, ChangeKind>;
  readonly topics: readonly string[];
  readonly sut: Sut;
  readonly links: Links | null;
  readonly fleet: Fleet;
  readonly group: GroupMembers | null;
  readonly groupName: string | null;
  /** Of the run; each step draws from a fork of its own. */
  readonly rng: Rng;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly progress: Progress;
  /** Every engaged fault is healed when it closes, whatever happened. */
  readonly scope: Scope;
  readonly start: Instant;
  /** Nodes that a step holds right now, shared with the watch on nodes. */
  readonly held: Set<string>;
  readonly onWindow: (window: 'disturb' | 'recover') => void;
}
