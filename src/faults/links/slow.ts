import type { JsonObject } from '../../core/json.ts';
import { showCount } from '../../core/units.ts';
import type { FaultKind } from '../fault.ts';
import { harmLinks } from './harm-links.ts';
import { bothWays, classesOf, farOf, linkProblems, pairsOf, showDirections } from './sides.ts';
import { type SlowState, seenSlow } from './slow-proof.ts';

/**
 * slow: a long or narrow way between the targets and the far end, in both directions: every byte
 * arrives later by the delay, give or take the jitter, and no more get through than the bandwidth
 * of each direction of each pair. The order is kept, and nothing is lost.
 */
export const slow: FaultKind = {
  name: 'slow',
  needs: () => ['link.slow'],
  links: ({ params }) => classesOf(farOf(params)),
  problems: (params) => [
    ...linkProblems('slow', params, ['far', ...KEYS]),
    ...slowProblems(params),
  ],
  engage: async (input) => {
    const directions = bothWays(pairsOf(input, farOf(input.params)));
    const state = stateOf(input.params);
    const undo = { delayMs: 0, jitterMs: 0, bytesPerSecond: null };
    const harm = await harmLinks(input, directions, { harm: state, undo });
    const { began, heal, confirmHeal } = harm;
    return {
      mechanism: `${showState(state)} each way: ${showDirections(directions)}`,
      began,
      harmed: [...input.targets, ...(input.others ?? [])].map(({ id }) => id),
      confirm: (signal) => seenSlow(harm, state, { ...input, signal }),
      heal,
      confirmHeal,
    };
  },
};

const KEYS = ['delayMs', 'jitterMs', 'bytesPerSecond'] as const;

const stateOf = (params: JsonObject): SlowState => ({
  delayMs: (params['delayMs'] ?? 0) as number,
  jitterMs: (params['jitterMs'] ?? 0) as number,
  bytesPerSecond: (params['bytesPerSecond'] ?? null) as number | null,
});

const showState = ({ delayMs, jitterMs, bytesPerSecond }: SlowState): string =>
  [
    ...(delayMs > 0 || jitterMs > 0 ? [`${delayMs} ms later, give or take ${jitterMs} ms`] : []),
    ...(bytesPerSecond === null ? [] : [`at most ${showCount(bytesPerSecond)} bytes a second`]),
  ].join(', ');

function slowProblems(params: JsonObject): readonly string[] {
  const wrong = KEYS.filter((key) => {
    const value = params[key];
    const least = key === 'bytesPerSecond' ? 1 : 0;
    return value !== undefined && !(typeof value === 'number' && value >= least);
  });
  if (wrong.length > 0) return wrong.map((key) => `fault slow: ${key} must be a number above 0`);
  const { delayMs, jitterMs, bytesPerSecond } = stateOf(params);
  return [
    ...(delayMs === 0 && jitterMs === 0 && bytesPerSecond === null
      ? ['fault slow: it has neither a delay nor a bandwidth']
      : []),
    ...(jitterMs > delayMs ? ['fault slow: jitter cannot be more than the delay'] : []),
  ];
}
