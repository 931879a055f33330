import { HighwaterError } from '../../core/errors.ts';
import type { Instant } from '../../core/time.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { LinkState, Links } from '../../environments/links.ts';
import type { Effect, EngageInput } from '../fault.ts';
import {
  answeredTrips,
  lookAtAll,
  makeTrip,
  showTrip,
  silentNodes,
  type Trip,
} from './look-at-links.ts';
import { type Direction, linksOf, showDirections } from './sides.ts';

/** Directions of links that were changed, with what was known of them before. */
export interface LinkHarm {
  readonly links: Links;
  readonly directions: readonly Direction[];
  /** Round trips that were answered before. */
  readonly trips: readonly Trip[];
  /** When the change began; looks came before it. */
  readonly began: Instant;
  readonly heal: () => Promise<void>;
  readonly confirmHeal: (signal: AbortSignal) => Promise<Effect>;
}

/** What is to be changed of a direction, and what that undoes. */
export interface LinkChange {
  readonly harm: Partial<LinkState>;
  readonly undo: Partial<LinkState>;
}

/**
 * Looks first, then changes all directions together. Two steps cannot do the same to the same
 * direction at a time: the heal of the one would be that of the other.
 */
export async function harmLinks(
  input: EngageInput,
  directions: readonly Direction[],
  change: LinkChange,
): Promise<LinkHarm> {
  const links = linksOf(input);
  const { sut, clock, signal } = input;
  const before = await lookAtAll(directions, links);
  for (const [index, { state }] of before.entries()) {
    refuseTaken(directions[index] as Direction, state, change);
  }
  const trips = await answeredTrips(directions, { links, sut }, signal);
  const setAll = async (to: Partial<LinkState>): Promise<void> => {
    const set = await Promise.allSettled(
      directions.map((direction) => links.set(direction.from, direction.to, to)),
    );
    const failed = set.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
  };
  const began = clock.now();
  try {
    await setAll(change.harm);
  } catch (thrown) {
    await setAll(change.undo).catch(() => {}); // The first error says why.
    throw thrown;
  }
  return {
    links,
    directions,
    trips,
    began,
    heal: () => setAll(change.undo),
    confirmHeal: (inner) => seenHealed({ links, directions, trips }, input, inner),
  };
}

function refuseTaken({ from, to }: Direction, state: LinkState, { undo }: LinkChange): void {
  const keys = Object.keys(undo) as (keyof LinkState)[];
  if (keys.every((key) => state[key] === undo[key])) return;
  throw new HighwaterError('FAULT_FAILED', `link ${from}→${to} is held by another step already`, {
    hint: 'let one step be over before the next one takes the same link',
  });
}

/**
 * Every pair makes round trips again, each way that it did before, and nothing is held any more. A
 * link is healed for all ports at once, so one port is enough: another may be silent because its
 * node has lost an office meanwhile, as the quorum port of a ZooKeeper server that led.
 */
async function seenHealed(
  { links, directions, trips }: Pick<LinkHarm, 'links' | 'directions' | 'trips'>,
  { sut, clock }: EngageInput,
  signal: AbortSignal,
): Promise<Effect> {
  const makes = (from: string, to: string, answered: readonly boolean[]): boolean =>
    trips.some((trip, index) => trip.from === from && trip.to === to && answered[index] === true);
  await waitFor(
    {
      what: `links ${showDirections(directions)} healed`,
      look: async (inner) => {
        const answered = await Promise.all(trips.map((trip) => makeTrip(trip, sut, inner)));
        const looks = await lookAtAll(directions, links);
        return {
          mute: trips.filter(({ from, to }) => !makes(from, to, answered)).map(showTrip),
          held: looks.reduce((sum, { heldBytes }) => sum + heldBytes, 0),
          silent: await silentNodes(directions, sut, inner),
        };
      },
      show: ({ mute, held, silent }) =>
        `no round trip ${mute.join(', ') || 'missing'}, ${held} bytes held, ` +
        `${silent.join(', ') || 'nobody'} silent`,
    },
    {
      clock,
      signal,
      within: seconds(60),
      every: ms(100),
      code: 'FAULT_INEFFECTIVE',
      until: ({ mute, held, silent }) => mute.length === 0 && held === 0 && silent.length === 0,
    },
  );
  return {
    took: true,
    seen: `round trips are answered again, nothing is held: ${showDirections(directions)}`,
  };
}
