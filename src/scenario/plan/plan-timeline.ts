import { targetProblems } from '../../faults/target-problems.ts';
import type { ChangeGround } from '../../maintenance/change.ts';
import type { ChangeStep, FaultStep, LinkClass, StepPlan, StepTime } from '../../record/plan.ts';
import type { Composed, Step } from '../suite/scenario.ts';
import type { Catalog, PlanOptions } from './catalog.ts';

/** A step begins at most so long after it is due unless told. */
export const WITHIN_MS = 10_000;
/** A planned change takes at most so long unless told. */
const LIMIT_MS = 60_000;

/** Steps as they will be played, those with a fixed time first and in order. */
export const inOrder = (steps: readonly StepPlan[]): StepPlan[] =>
  steps.toSorted((a, b) => Number(a.after !== null) - Number(b.after !== null) || a.atMs - b.atMs);

/** The steps of a timeline that a person wrote, in order. */
export function timelineOf(steps: readonly (Step | Composed)[]): StepPlan[] {
  const plans = steps
    .filter((step): step is Step => !('nemesis' in step))
    .map((step, index): StepPlan => {
      const time = timeOf(step, index);
      if ('change' in step) {
        const { change, params } = step.change;
        return { kind: 'change', ...time, change, params, limitMs: step.limit ?? LIMIT_MS };
      }
      const { fault, target, other, params } = step.fault;
      const harm = { fault, target, other: other ?? null, params };
      return { kind: 'fault', ...time, ...harm, holdMs: step.hold };
    });
  return inOrder(plans);
}

function timeOf(step: Step, index: number): StepTime {
  const id = step.id ?? `${'change' in step ? 'change' : 'fault'}-${index + 1}`;
  const withinMs = step.within ?? WITHIN_MS;
  return 'at' in step
    ? { id, atMs: step.at, after: null, withinMs }
    : { id, atMs: step.plus ?? 0, after: step.after, withinMs };
}

/** Links of the classes that the steps work on. */
export const linksOf = (timeline: readonly StepPlan[], { faults }: Catalog): LinkClass[] => [
  ...new Set(
    timeline.flatMap((step) =>
      step.kind === 'fault' ? (faults.get(step.fault)?.links?.(step) ?? []) : [],
    ),
  ),
];

/** What the steps are planned on. */
export interface StepGround extends ChangeGround {
  readonly catalog: Catalog;
  readonly options: PlanOptions;
  readonly loadMs: number;
}

/** Every problem of the steps, each with the step's id. */
export function stepProblems(timeline: readonly StepPlan[], ground: StepGround): string[] {
  const ids = timeline.map(({ id }) => id);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [
    ...[...twice].map((id) => `timeline: two steps have the id "${id}"`),
    ...timeline.flatMap((step) =>
      [
        ...triggerProblems(step, timeline),
        ...(step.kind === 'fault' ? faultProblems(step, ground) : changeProblems(step, ground)),
        ...lateProblems(step, timeline, ground),
      ].map((problem) => `timeline ${step.id}: ${problem}`),
    ),
  ];
}

/** Every problem of one fault where it is. */
export function faultProblems(
  step: FaultStep,
  { catalog, options, roles, topics }: StepGround,
): string[] {
  const kind = catalog.faults.get(step.fault);
  if (kind === undefined) {
    return [`no fault "${step.fault}" (known: ${[...catalog.faults.keys()].join(', ')})`];
  }
  const hits = 'members' in step.target ? 'members' : 'nodes';
  return [
    ...kind.problems(step.params),
    ...(hits === (kind.hits ?? 'nodes')
      ? []
      : [`fault "${step.fault}" hits ${kind.hits ?? 'nodes'}, its target means ${hits}`]),
    ...targetProblems(step.target, roles, topics),
    ...(step.other === null ? [] : targetProblems(step.other, roles, topics)),
    ...(kind.misfits?.(step, { roles, topics }) ?? []),
    ...missing(kind.needs(step.params), `fault "${step.fault}"`, options),
  ];
}

function changeProblems(step: ChangeStep, ground: StepGround): string[] {
  const { catalog, options } = ground;
  const kind = catalog.changes.get(step.change);
  if (kind === undefined) {
    return [`no change "${step.change}" (known: ${[...catalog.changes.keys()].join(', ')})`];
  }
  return [
    ...kind.problems(step.params, ground),
    ...missing(kind.needs(step.params), `change "${step.change}"`, options),
  ];
}

const missing = (
  needs: readonly string[],
  what: string,
  { offers, environment }: PlanOptions,
): string[] =>
  needs
    .filter((need) => !(offers.offered as ReadonlySet<string>).has(need))
    .map((need) => `${what} needs ${need}, which environment "${environment}" does not offer`);

function triggerProblems(step: StepPlan, timeline: readonly StepPlan[]): string[] {
  const seen = new Set<string>();
  for (let { after } = step; after !== null; ) {
    if (seen.has(after)) return [`it waits for itself: after "${after}"`];
    seen.add(after);
    const before = timeline.find(({ id }) => id === after);
    if (before === undefined) return [`after "${after}": no such step`];
    ({ after } = before);
  }
  return [];
}

function lateProblems(
  step: StepPlan,
  timeline: readonly StepPlan[],
  { loadMs }: StepGround,
): string[] {
  const ends = endOf(step, timeline, 0);
  // A change takes as long as it takes: the load goes on until it is over, up to its overtime.
  return ends < loadMs
    ? []
    : [
        `it is not over before ${ends} ms, but the load ends at ${loadMs} ms; ` +
          'load must outlive the last step',
      ];
}

/** The earliest end of a step, from the start of the baseline. */
function endOf(step: StepPlan, timeline: readonly StepPlan[], depth: number): number {
  const before = timeline.find(({ id }) => id === step.after);
  // A circle is told as a problem of its own.
  const from =
    before === undefined || depth > timeline.length ? 0 : endOf(before, timeline, depth + 1);
  return from + step.atMs + (step.kind === 'fault' ? step.holdMs : 0);
}
