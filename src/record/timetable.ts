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

/** How many records the stages plan from `from` to `to`, counted from the start of the baseline. */
export function plannedBetween(stages: readonly StagePlan[], from: number, to: number): number {
  let begun = 0;
  let sum = 0;
  for (const { fromRate, toRate, forMs } of stages) {
    const [a, b] = [Math.max(from, begun) - begun, Math.min(to, begun + forMs) - begun];
    const rate = (at: number): number => fromRate + ((toRate - fromRate) * at) / forMs;
    // The mean of a straight line is the mean of its ends.
    if (b > a) sum += (((rate(a) + rate(b)) / 2) * (b - a)) / 1_000;
    begun += forMs;
  }
  return sum;
}
