import type { JsonObject } from '../core/json.ts';
import { type Rng, rngOf } from '../core/rng.ts';
import type { RoleSpec } from '../environments/node.ts';
import type { FaultStep, StepPlan } from '../record/plan.ts';
import type { TargetRule } from '../record/targets.ts';
import {
  downAtOnce,
  type Footprint,
  footprintOf,
  type HarmLimits,
  isWiping,
  nodesOf,
} from './limits.ts';

/**
 * Random harm, decided beforehand. A clock ticks every so often, and at each tick one of the given
 * faults is chosen that keeps to the limits together with what is engaged then; when none does, the
 * tick passes. What comes out are ordinary steps with ordinary ids, so that the plan shows all that
 * will be done, and the same seed gives the same plan. It acts on no knowledge of the running
 * system: a target rule such as the leader of a partition is resolved when its step is due, and
 * until then counts for any node of its role.
 */
export interface NemesisInput {
  readonly from: readonly Harm[];
  readonly everyMs: number;
  readonly holdMs: number;
  /** First tick, from the start of the baseline. */
  readonly atMs: number;
  /** No heal comes later. */
  readonly untilMs: number;
  readonly seed: string;
  /** Steps are named `<name>-1`, `<name>-2`, …, without those that are taken. */
  readonly name: string;
  readonly withinMs: number;
  readonly roles: readonly RoleSpec[];
  readonly limits: HarmLimits;
  /** What the timeline holds already. */
  readonly beside: readonly StepPlan[];
}

/** A fault to choose from. */
export interface Harm {
  readonly fault: string;
  readonly target: TargetRule;
  readonly other: TargetRule | null;
  readonly params: JsonObject;
}

/**
 * A node is not back the moment it was started: so long after its heal it counts as held still, so
 * that the next harm does not find two nodes away where one is the limit.
 */
export const COMING_BACK_MS = 10_000;

/** The steps, in order of time; none when nothing fits. */
export function planNemesis(input: NemesisInput): FaultStep[] {
  const rng = rngOf(input.seed).fork(input.name);
  const steps: FaultStep[] = [];
  const ids = new Set(input.beside.map(({ id }) => id));
  let number = 0;
  const nextId = (): string => {
    do number += 1;
    while (ids.has(`${input.name}-${number}`));
    return `${input.name}-${number}`;
  };
  for (let atMs = input.atMs; atMs + input.holdMs <= input.untilMs; atMs += input.everyMs) {
    const held = heldAt(atMs, [...input.beside, ...steps], input);
    const harm = choose(input, held, rng);
    if (harm === null) continue;
    const { withinMs, holdMs } = input;
    steps.push({ kind: 'fault', id: nextId(), atMs, after: null, withinMs, ...harm, holdMs });
  }
  return steps;
}

/** What is held while a step lasts that begins then, coming back included. */
export function heldAt(
  atMs: number,
  steps: readonly StepPlan[],
  { holdMs, roles }: Pick<NemesisInput, 'holdMs' | 'roles'>,
): Held {
  const over = atMs + holdMs + COMING_BACK_MS;
  const beside = steps.filter((step) => {
    // Nobody knows when a step after another one begins, nor when a planned change is over.
    if (step.after !== null) return true;
    if (step.kind === 'change') return step.atMs < over && atMs < step.atMs + step.limitMs;
    return step.atMs < over && atMs < step.atMs + step.holdMs + COMING_BACK_MS;
  });
  return {
    footprints: beside.flatMap((step) =>
      step.kind === 'fault'
        ? footprintOf(step.target, roles)
        : // It may have its hands on any node.
          roles.map(({ role, count }) => ({ role, count, nodes: null })),
    ),
    members: beside.some((step) => step.kind === 'fault' && 'members' in step.target),
  };
}

/** What is held at the same time. */
export interface Held {
  readonly footprints: readonly Footprint[];
  readonly members: boolean;
}

function choose(input: NemesisInput, held: Held, rng: Rng): Harm | null {
  const left = [...input.from];
  while (left.length > 0) {
    const [harm] = left.splice(rng.below(left.length), 1) as [Harm];
    const settled = settle(harm, held, input, rng);
    if (settled !== null && fits(settled, held, input)) return settled;
  }
  return null;
}

/** A share of a role becomes nodes that are free, so that two steps never mean the same one. */
// oxlint-disable-next-line max-params -- what is chosen, what it must fit beside, and by whom
function settle(harm: Harm, held: Held, { roles }: NemesisInput, rng: Rng): Harm | null {
  const { target } = harm;
  if (!('role' in target)) return harm;
  const role = roles.find((known) => known.role === target.role);
  const [footprint] = footprintOf(target, roles);
  if (role === undefined || footprint === undefined) return harm;
  const taken = held.footprints.flatMap((each) => each.nodes ?? []);
  const free = nodesOf(role).filter((id) => !taken.includes(id));
  if (free.length < footprint.count) return null;
  const nodes = Array.from(
    { length: footprint.count },
    () => free.splice(rng.below(free.length), 1)[0] as string,
  );
  return { ...harm, target: { nodes: nodes.toSorted() } };
}

/** Whether the limits hold while the harm lasts beside what is held. */
export function fits(
  { target, params }: Pick<Harm, 'target' | 'params'>,
  held: Held,
  { roles, limits }: Pick<NemesisInput, 'roles' | 'limits'>,
): boolean {
  if ('members' in target) return !held.members;
  // A copy that is being made anew must not be the only one beside another harm.
  if (isWiping(params) && held.footprints.length > 0) return false;
  return footprintOf(target, roles).every((mine) => {
    const role = roles.find((known) => known.role === mine.role);
    const same = held.footprints.filter((each) => each.role === mine.role);
    // One of the two is resolved later, and may come to mean the same node.
    const known = [mine, ...same].every(({ nodes }) => nodes !== null);
    if (role === undefined || (same.length > 0 && !known)) return false;
    const all = [mine, ...same].flatMap(({ nodes }) => nodes ?? []);
    if (new Set(all).size < all.length) return false;
    const count = same.reduce((sum, each) => sum + each.count, mine.count);
    return count <= downAtOnce(role, limits);
  });
}
