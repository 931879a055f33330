import type { Json, JsonObject } from '../../core/json.ts';
import type { RoleSpec } from '../../environments/node.ts';
import type { EngageInput, FaultKind } from '../fault.ts';
import { strangersAmong } from '../target-problems.ts';
import { CUT } from './cut.ts';
import { seenCut } from './cut-proof.ts';
import { harmLinks } from './harm-links.ts';
import { bothWays, linkProblems, nodesOf, pairsAcross, showDirections } from './sides.ts';

/**
 * split: groups of nodes that hear nothing of one another: those that `groups` lists, or else the
 * targets and the rest. Whoever is in no group keeps all its links; load clients reach everybody.
 */
export const split: FaultKind = {
  name: 'split',
  needs: () => ['link.cut'],
  links: () => ['peer'],
  problems: (params) => [
    ...linkProblems('split', params, ['groups']),
    ...groupProblems('split', params['groups']),
  ],
  misfits: ({ params }, { roles }) => groupMisfits('split', params, roles),
  engage: async (input) => {
    const groups = groupsOf(input.params) ?? sidesOf(input);
    const directions = bothWays(pairsAcross(groups));
    const harm = await harmLinks(input, directions, CUT);
    const { began, heal, confirmHeal } = harm;
    return {
      mechanism:
        `split into ${groups.map((group) => `[${group.join(', ')}]`).join(' and ')}: ` +
        `held what is sent ${showDirections(directions)}`,
      began,
      harmed: groups.flat(),
      confirm: (signal) => seenCut(harm, input, signal),
      heal,
      confirmHeal,
    };
  },
};

function sidesOf(input: EngageInput): readonly (readonly string[])[] {
  const targets = nodesOf(input.targets);
  const rest = nodesOf(input.others ?? input.sut.nodes).filter((id) => !targets.includes(id));
  return [targets, rest];
}

/** Groups that the parameters list; null when they list none. */
export const groupsOf = (params: JsonObject): readonly (readonly string[])[] | null =>
  (params['groups'] ?? null) as readonly (readonly string[])[] | null;

/** What is wrong with lists of nodes. */
export function groupProblems(fault: string, groups: Json | undefined): readonly string[] {
  if (groups === undefined) return [];
  const shaped =
    Array.isArray(groups) &&
    groups.length > 1 &&
    groups.every(
      (group) =>
        Array.isArray(group) && group.length > 0 && group.every((id) => typeof id === 'string'),
    );
  if (!shaped) return [`fault ${fault}: groups must be two or more lists of nodes`];
  const all = (groups as readonly (readonly string[])[]).flat();
  const twice = new Set(all.filter((id, index) => all.indexOf(id) !== index));
  return [...twice].map((id) => `fault ${fault}: ${id} is in two groups`);
}

/** Nodes in the lists that the plan does not have: controllers, in ZooKeeper mode. */
export const groupMisfits = (
  fault: string,
  params: JsonObject,
  roles: readonly RoleSpec[],
): readonly string[] =>
  strangersAmong([...new Set((groupsOf(params) ?? []).flat())], roles).map(
    (problem) => `fault ${fault}: group member ${problem}`,
  );
