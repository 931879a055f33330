import type { RunPlan, StagePlan } from './plan.ts';

/**
 * All stages of a plan's load from the start of the baseline, overtime included: it goes on at the
 * last rate. How much of the overtime was needed, the windows of the history tell.
 */
export function timetableOf({ stages, overtimeMs }: RunPlan['load']): readonly StagePlan[] {
  const rate = stages.at(-1)?.toRate ?? 0;
  if (overtimeMs === 0) return stages;
  return [...stages, { fromRate: rate, toRate: rate, forMs: overtimeMs }];
}
