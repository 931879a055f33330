import {
  type LinkEnd,
  type LinkLook,
  type Links,
  LOAD_END,
  type Way,
} from '../../environments/links.ts';
import type { Sut } from '../../systems/system.ts';
import type { Direction } from './sides.ts';

/** A fresh round trip that `from` could make to `to`, over a connection of its own. */
export interface Trip extends Direction, Way {}

/** What looks at links are made with. */
export interface LinkEyes {
  readonly links: Links;
  readonly sut: Sut;
}

/**
 * The fresh round trips by which a pair can be asked, in either direction. A port that nobody
 * answers now, before any harm, would prove nothing by being silent later: it is left out. Such is
 * the quorum port of a server of ZooKeeper that does not lead.
 */
export async function answeredTrips(
  directions: readonly Direction[],
  { links, sut }: LinkEyes,
  signal: AbortSignal,
): Promise<readonly Trip[]> {
  const all = eachPair(directions).flatMap(({ from, to }) => [
    ...links.ways(from, to).map((way) => ({ from, to, ...way })),
    ...links.ways(to, from).map((way) => ({ from: to, to: from, ...way })),
  ]);
  const answered = await Promise.all(all.map((trip) => makeTrip(trip, sut, signal)));
  return all.filter((_, index) => answered[index]);
}

/** Makes one round trip; false when it hangs. */
export const makeTrip = (trip: Trip, sut: Sut, signal: AbortSignal): Promise<boolean> =>
  sut.speaks(trip.to, trip.port, trip.at, signal);

/** Each pair once. */
export const eachPair = (directions: readonly Direction[]): readonly Direction[] =>
  directions.filter(
    ({ from, to }, index) =>
      !directions.slice(0, index).some((other) => other.from === to && other.to === from),
  );

/** Looks at every direction. */
export const lookAtAll = (
  directions: readonly Direction[],
  links: Links,
): Promise<readonly LinkLook[]> =>
  Promise.all(directions.map(({ from, to }) => links.look(from, to)));

/** Connections of the pairs that go around their links, in words. */
export async function allAround(
  directions: readonly Direction[],
  links: Links,
): Promise<readonly string[]> {
  const found = await Promise.all(
    eachPair(directions).map(({ from, to }) => links.around(from, to)),
  );
  return found.flat();
}

/** The nodes among the ends of the directions. */
export const nodesAmong = (directions: readonly Direction[]): readonly LinkEnd[] =>
  [...new Set(directions.flatMap(({ from, to }) => [from, to]))].filter((id) => id !== LOAD_END);

/** Nodes that do not answer those who look, and of which a silent link says nothing therefore. */
export async function silentNodes(
  directions: readonly Direction[],
  sut: Sut,
  signal: AbortSignal,
): Promise<readonly LinkEnd[]> {
  const nodes = nodesAmong(directions);
  const answers = await Promise.all(nodes.map((node) => sut.answers(node, signal)));
  return nodes.filter((_, index) => answers[index] !== true);
}

/** `broker-1→broker-2:peer`. */
export const showTrip = ({ from, to, port }: Trip): string => `${from}→${to}:${port}`;
