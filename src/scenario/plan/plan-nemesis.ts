import { type HarmLimits, limitProblems } from '../../faults/limits.ts';
import { type Harm, planNemesis } from '../../faults/nemesis.ts';
import type { FaultStep, StepPlan } from '../../record/plan.ts';
import type { Composed, Step } from '../suite/scenario.ts';
import { faultProblems, type StepGround, WITHIN_MS } from './plan-timeline.ts';

/** Load goes on at least so long after the last heal of random harm, unless told when. */
const RECOVER_MS = 5_000;

/** Where random harm is planned. */
export interface NemesisGround extends StepGround {
  readonly limits: HarmLimits;
  /** The steps that a person wrote. */
  readonly beside: readonly StepPlan[];
}

/** Makes ordinary steps of random harm, by the seed and under the limits. */
export function expandNemeses(
  timeline: readonly (Step | Composed)[],
  ground: NemesisGround,
): { readonly steps: readonly FaultStep[]; readonly problems: readonly string[] } {
  const steps: FaultStep[] = [];
  const problems = limitProblems(ground.limits, ground.roles);
  const composed = timeline.filter((step): step is Composed => 'nemesis' in step);
  for (const [index, { nemesis }] of composed.entries()) {
    const name = index === 0 ? 'nemesis' : `nemesis-${letter(index)}`;
    const expanded = expand(nemesis, name, { ...ground, beside: [...ground.beside, ...steps] });
    steps.push(...expanded.steps);
    problems.push(...expanded.problems.map((problem) => `timeline ${name}: ${problem}`));
  }
  return { steps, problems };
}

/** Beside the first: b, c, … */
const letter = (index: number): string => String.fromCharCode('a'.charCodeAt(0) + index);

function expand(
  nemesis: Composed['nemesis'],
  name: string,
  ground: NemesisGround,
): { readonly steps: readonly FaultStep[]; readonly problems: readonly string[] } {
  const from = nemesis.from.map(
    ({ fault, target, other, params }): Harm => ({ fault, target, other: other ?? null, params }),
  );
  const { every, hold, at = every, until = ground.loadMs - RECOVER_MS, seed } = nemesis;
  const asStep = { kind: 'fault', id: name, atMs: at, after: null, withinMs: WITHIN_MS } as const;
  const problems = from.flatMap((harm, index) => [
    ...faultProblems({ ...asStep, ...harm, holdMs: hold }, ground).map(
      (problem) => `from[${index}]: ${problem}`,
    ),
    ...(harm.params['lastCopy'] === true
      ? [`from[${index}]: chance never wipes the last copy of a partition`]
      : []),
  ]);
  if (until >= ground.loadMs) {
    problems.push(`until ${until} ms: the load ends at ${ground.loadMs} ms and must outlive it`);
  }
  if (problems.length > 0) return { steps: [], problems };
  const { roles, limits, beside, options } = ground;
  const times = { everyMs: every, holdMs: hold, atMs: at, untilMs: until, withinMs: WITHIN_MS };
  const by = { from, seed: seed ?? options.seed, name };
  const steps = planNemesis({ ...by, ...times, roles, limits, beside });
  return steps.length > 0
    ? { steps, problems }
    : { steps, problems: [`no fault fits from ${at} ms to ${until} ms within the limits`] };
}
