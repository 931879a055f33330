import type { Clock } from '../core/clock.ts';
import type { Progress } from '../core/progress.ts';
import type { Rng } from '../core/rng.ts';
import type { Scope } from '../core/scope.ts';
import { after, type Instant, ms } from '../core/time.ts';
import type { Links } from '../environments/links.ts';
import type { FaultKind, GroupMembers } from '../faults/fault.ts';
import { type Deferred, deferred } from '../load/deferred.ts';
import type { ChangeKind, Fleet } from '../maintenance/change.ts';
import type { StepId } from '../record/names.ts';
import type { StepPlan } from '../record/plan.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Sut } from '../systems/system.ts';
import { playChange } from './play-change.ts';
import { playFault } from './play-fault.ts';

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

/**
 * Plays the steps, each when it is due: faults are engaged, held and healed, planned changes are
 * carried out. A step that fails is recorded as not having taken and the others go on; the judge
 * makes it inconclusive. Aborting the signal skips what is left of holds, and heals.
 */
export async function playTimeline(input: TimelineInput, signal: AbortSignal): Promise<void> {
  let running = 0;
  let toCome = input.steps.length;
  const over = new Map<StepId, Deferred<void>>(input.steps.map(({ id }) => [id, deferred<void>()]));
  const due = async (step: StepPlan): Promise<boolean> => {
    try {
      const before = step.after === null ? undefined : over.get(step.after)?.promise;
      await before;
      const from = before === undefined ? input.start : input.clock.now();
      await input.clock.sleep(ms(after(from, ms(step.atMs)) - input.clock.now()), signal);
      return true;
    } catch {
      return false; // Interrupted before it was due: nothing was done, nothing to undo.
    }
  };
  await Promise.all(
    input.steps.map(async (step) => {
      try {
        if (!(await due(step))) return;
        toCome -= 1;
        running += 1;
        if (running === 1) input.onWindow('disturb');
        if (step.kind === 'fault') await playFault(step, input, signal);
        else await playChange(step, input);
        running -= 1;
        if (running === 0 && toCome === 0) input.onWindow('recover');
      } finally {
        over.get(step.id)?.resolve();
      }
    }),
  );
}
