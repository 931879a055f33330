import type { FaultKind } from '../fault.ts';
import { seenCut } from './cut-proof.ts';
import { harmLinks } from './harm-links.ts';
import { bothWays, linkProblems, pairsOf, showDirections } from './sides.ts';

/** What a cut changes of a direction. */
export const CUT = { harm: { cut: true }, undo: { cut: false } } as const;

/**
 * cut: what the target sends to the other side does not arrive, on any connection of theirs,
 * whoever opened it; with `both` neither does the answer. Connections stay open, as in a real
 * partition, and new ones hang.
 */
export const cut: FaultKind = {
  name: 'cut',
  needs: () => ['link.cut'],
  links: () => ['peer'],
  problems: (params) => [
    ...linkProblems('cut', params, ['both']),
    ...(['boolean', 'undefined'].includes(typeof params['both'])
      ? []
      : ['fault cut: both must be true or false']),
  ],
  engage: async (input) => {
    const pairs = pairsOf(input, 'peers');
    const directions = input.params['both'] === true ? bothWays(pairs) : pairs;
    const harm = await harmLinks(input, directions, CUT);
    const { began, heal, confirmHeal } = harm;
    return {
      mechanism: `held what is sent ${showDirections(directions)}`,
      began,
      harmed: [...input.targets, ...(input.others ?? [])].map(({ id }) => id),
      confirm: (signal) => seenCut(harm, input, signal),
      heal,
      confirmHeal,
    };
  },
};
