import type { FaultKind } from '../fault.ts';
import { CUT } from './cut.ts';
import { seenCut } from './cut-proof.ts';
import { harmLinks } from './harm-links.ts';
import { bothWays, classesOf, farOf, linkProblems, pairsOf, showDirections } from './sides.ts';

/**
 * isolate: nothing goes between each target and its far end, in both directions: all other nodes
 * (`peers`), the load clients, or everybody. Those who look still see it: no fault may blind them.
 *
 * A leader that is isolated from its peers alone can still be written to. With acks=all it cannot
 * acknowledge, since it hears no replica and nobody who could take one out of its in-sync set.
 */
export const isolate: FaultKind = {
  name: 'isolate',
  needs: () => ['link.cut'],
  links: ({ params }) => classesOf(farOf(params)),
  problems: (params) => linkProblems('isolate', params, ['far']),
  engage: async (input) => {
    const directions = bothWays(pairsOf({ ...input, others: null }, farOf(input.params)));
    const harm = await harmLinks(input, directions, CUT);
    const { began, heal, confirmHeal } = harm;
    return {
      mechanism: `held what is sent ${showDirections(directions)}`,
      began,
      confirm: (signal) => seenCut(harm, input, signal),
      heal,
      confirmHeal,
    };
  },
};
