import type { ChangeKind } from '../../maintenance/change.ts';
import type { StepPlan } from '../../record/plan.ts';
import type { Sut } from '../../systems/system.ts';

/** Has every planned change fetch what it will need: under load, it would be in the way. */
export async function prepareChanges(
  timeline: readonly StepPlan[],
  changes: ReadonlyMap<string, ChangeKind>,
  { sut, signal }: { readonly sut: Sut; readonly signal: AbortSignal },
): Promise<void> {
  for (const step of timeline) {
    if (step.kind !== 'change') continue;
    await changes.get(step.change)?.prepare?.({ params: step.params, sut, signal });
  }
}
