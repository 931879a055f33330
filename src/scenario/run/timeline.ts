import { after, ms } from '../../core/time.ts';
import { type Deferred, deferred } from '../../load/deferred.ts';
import type { StepId } from '../../record/names.ts';
import type { StepPlan } from '../../record/plan.ts';
import { playChange } from './play-change.ts';
import { playFault } from './play-fault.ts';
import type { TimelineInput } from './timeline-input.ts';

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
