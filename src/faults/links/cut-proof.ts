import { isHighwaterError } from '../../core/errors.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { LinkLook } from '../../environments/links.ts';
import type { Effect, EngageInput } from '../fault.ts';
import type { LinkHarm } from './harm-links.ts';
import {
  allAround,
  eachPair,
  lookAtAll,
  makeTrip,
  showTrip,
  silentNodes,
} from './look-at-links.ts';
import type { Direction } from './sides.ts';

/** How long something may take to be sent: followers ask at least every half second. */
const SENT_WITHIN = seconds(3);

/**
 * Whether a cut is one, from three angles. Fresh round trips that were answered before hang, while
 * the nodes answer those who look. On connections that are open nothing passes any more, and what
 * is sent is held: seen on one direction of a pair at least, because a side that waits for an
 * answer sends nothing more. And nobody goes around the link. A pair without an open connection is
 * shown by its round trips alone; a fault of which nothing at all was held has not been shown.
 */
export async function seenCut(
  harm: LinkHarm,
  { sut, clock }: EngageInput,
  signal: AbortSignal,
): Promise<Effect> {
  const { directions, links, trips } = harm;
  const first = await lookAtAll(directions, links);
  const [answered, held, silent] = await Promise.all([
    Promise.all(trips.map((trip) => makeTrip(trip, sut, signal))),
    heldPairs(harm, clock, signal),
    silentNodes(directions, sut, signal),
  ]);
  const last = await lookAtAll(directions, links);
  const through = trips.filter((_, index) => answered[index]);
  const leaks = directions.filter(
    (_, index) => (last[index]?.passedBytes ?? 0) > (first[index]?.passedBytes ?? 0),
  );
  const around = await allAround(directions, links);
  const doubts = [
    ...through.map((trip) => `a fresh round trip ${showTrip(trip)} is answered`),
    ...leaks.map(({ from, to }) => `bytes still pass ${from}→${to}`),
    ...around,
    ...silent.map((node) => `${node} does not answer those who look either`),
    ...(trips.length === 0 ? ['no port of these nodes can be asked'] : []),
    ...(held.length === 0 ? ['nothing was sent that could be held'] : []),
  ];
  if (doubts.length > 0) return { took: false, seen: doubts.join('; ') };
  const bytes = last.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  return {
    took: true,
    seen:
      `${trips.length} fresh round trips hang that were answered before; ${bytes} bytes held on ` +
      `open connections of ${held.length} of ${eachPair(directions).length} pairs, none passed; ` +
      'nobody goes around',
  };
}

/**
 * Pairs of which bytes came to be held after the cut; waits until that are all with connections, or
 * bytes passed, after which nothing more can be shown.
 */
async function heldPairs(
  { directions, links }: LinkHarm,
  clock: EngageInput['clock'],
  signal: AbortSignal,
): Promise<readonly Direction[]> {
  const pairs = eachPair(directions);
  const first = await lookAtAll(directions, links);
  let seen: readonly Direction[] = [];
  const ofPair = ({ from, to }: Direction, looks: readonly LinkLook[]): readonly LinkLook[] =>
    looks.filter((_, index) => {
      const each = directions[index];
      return (each?.from === from && each.to === to) || (each?.from === to && each.to === from);
    });
  try {
    await waitFor(
      {
        what: 'something held',
        look: async () => {
          const looks = await lookAtAll(directions, links);
          const open = pairs.filter((pair) =>
            ofPair(pair, looks).some(({ connections }) => connections > 0),
          );
          seen = pairs.filter((pair) => ofPair(pair, looks).some(({ heldBytes }) => heldBytes > 0));
          const leaks = looks.some(
            ({ passedBytes }, index) => passedBytes > (first[index]?.passedBytes ?? 0),
          );
          return leaks ? 0 : open.length - seen.length;
        },
        show: (missing) => `${missing} pairs with nothing held`,
      },
      { clock, signal, within: SENT_WITHIN, every: ms(50), until: (missing) => missing <= 0 },
    );
  } catch (thrown) {
    // Some pairs have nothing to say to each other; the caller judges what was seen.
    if (!isHighwaterError(thrown, 'WAIT_TIMEOUT')) throw thrown;
  }
  return seen;
}
