import { HighwaterError } from '../../core/errors.ts';
import type { EngageInput, FaultKind } from '../fault.ts';
import { CUT } from './cut.ts';
import { seenCut } from './cut-proof.ts';
import { harmLinks } from './harm-links.ts';
import { bothWays, linkProblems, nodesOf, pairsAcross, showDirections } from './sides.ts';
import { groupMisfits, groupProblems, groupsOf } from './split.ts';

/**
 * bridge: the other nodes fall into two sides that hear nothing of each other, and the target hears
 * both. No node is cut off and no side can be told from the bridge to be the wrong one. The sides
 * are those that `groups` lists, or two halves that the seed draws.
 */
export const bridge: FaultKind = {
  name: 'bridge',
  needs: () => ['link.cut'],
  links: () => ['peer'],
  problems: (params) => [
    ...linkProblems('bridge', params, ['groups']),
    ...groupProblems('bridge', params['groups']),
  ],
  misfits: ({ params }, { roles }) => groupMisfits('bridge', params, roles),
  engage: async (input) => {
    const bridges = nodesOf(input.targets);
    const sides = (groupsOf(input.params) ?? halvesOf(input, bridges)).map((side) =>
      side.filter((id) => !bridges.includes(id)),
    );
    const directions = bothWays(pairsAcross(sides));
    const harm = await harmLinks(input, directions, CUT);
    const { began, heal, confirmHeal } = harm;
    return {
      mechanism:
        `${bridges.join(', ')} between ` +
        `${sides.map((side) => `[${side.join(', ')}]`).join(' and ')}: ` +
        `held what is sent ${showDirections(directions)}`,
      began,
      // The bridge itself hears everybody.
      harmed: sides.flat(),
      confirm: (signal) => seenCut(harm, input, signal),
      heal,
      confirmHeal,
    };
  },
};

function halvesOf(
  { sut, rng }: EngageInput,
  bridges: readonly string[],
): readonly (readonly string[])[] {
  const left = nodesOf(sut.nodes).filter((id) => !bridges.includes(id));
  if (left.length < 2) {
    throw new HighwaterError('FAULT_FAILED', 'a bridge needs two other nodes at least');
  }
  const half = Math.floor(left.length / 2);
  const one = Array.from({ length: half }, () => left.splice(rng.below(left.length), 1)[0] ?? '');
  return [one, left];
}
