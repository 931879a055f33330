import { isHighwaterError } from '../../core/errors.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { Effect, EngageInput, FaultKind } from '../fault.ts';
import { harmLinks, type LinkHarm } from './harm-links.ts';
import { allAround, lookAtAll, makeTrip, showTrip, silentNodes } from './look-at-links.ts';
import { bothWays, classesOf, farOf, linkProblems, pairsOf, showDirections } from './sides.ts';

/**
 * blackhole: new connections between the targets and the far end hang, whoever opens them; those
 * that are open go on. What a full table of a firewall does, and what a pool of connections hides.
 */
export const blackhole: FaultKind = {
  name: 'blackhole',
  needs: () => ['link.cut'],
  links: ({ params }) => classesOf(farOf(params)),
  problems: (params) => linkProblems('blackhole', params, ['far']),
  engage: async (input) => {
    const directions = bothWays(pairsOf(input, farOf(input.params)));
    const change = { harm: { blackhole: true }, undo: { blackhole: false } };
    const harm = await harmLinks(input, directions, change);
    const { began, heal, confirmHeal } = harm;
    return {
      mechanism: `let new connections hang: ${showDirections(directions)}`,
      began,
      harmed: [...input.targets, ...(input.others ?? [])].map(({ id }) => id),
      confirm: (signal) => seenBlack(harm, { ...input, signal }),
      heal,
      confirmHeal,
    };
  },
};

/** How long it may take until something is sent on a connection that is open. */
const SENT_WITHIN = seconds(3);

/** Round trips that were answered before hang, and on open connections bytes still pass. */
async function seenBlack(harm: LinkHarm, { sut, clock, signal }: EngageInput): Promise<Effect> {
  const { directions, links, trips } = harm;
  const first = await lookAtAll(directions, links);
  const passed = async (): Promise<number> => {
    const looks = await lookAtAll(directions, links);
    return looks.reduce(
      (sum, { passedBytes }, index) => sum + passedBytes - (first[index]?.passedBytes ?? 0),
      0,
    );
  };
  const [answered, bytes, silent] = await Promise.all([
    Promise.all(trips.map((trip) => makeTrip(trip, sut, signal))),
    waitFor(
      { what: 'bytes pass', look: passed, show: (count) => `${count} bytes` },
      { clock, signal, within: SENT_WITHIN, every: ms(50), until: (count) => count > 0 },
    ).catch((thrown: unknown) => {
      // Nothing is open, or nothing was sent: said below.
      if (isHighwaterError(thrown, 'WAIT_TIMEOUT')) return 0;
      throw thrown;
    }),
    silentNodes(directions, sut, signal),
  ]);
  const doubts = [
    ...trips
      .filter((_, index) => answered[index])
      .map((trip) => `a fresh round trip ${showTrip(trip)} is answered`),
    ...(await allAround(directions, links)),
    ...silent.map((node) => `${node} does not answer those who look either`),
    ...(trips.length === 0 ? ['no port of these nodes can be asked'] : []),
  ];
  if (doubts.length > 0) return { took: false, seen: doubts.join('; ') };
  const going = bytes > 0 ? 'open connections go on' : 'nothing was sent on open connections';
  return {
    took: true,
    seen: `${trips.length} fresh round trips hang that were answered before; ${going}`,
  };
}
