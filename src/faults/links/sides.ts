import { HighwaterError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { type LinkEnd, type Links, LOAD_END } from '../../environments/links.ts';
import type { LinkClass } from '../../record/plan.ts';
import type { EngageInput } from '../fault.ts';

/** One direction of a link. */
export interface Direction {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
}

/** Who is at the far end of the links of a target, where no rule names them. */
export const FAR = ['peers', 'clients', 'everybody'] as const;
/** All other nodes, the load clients, or both; never those who look. */
export type Far = (typeof FAR)[number];

/** What a step says of the far end, after `problems` has let it pass; peers unless told. */
export const farOf = (params: JsonObject): Far => (params['far'] ?? 'peers') as Far;

/** Links that reach such a far end. */
export const classesOf = (far: Far): readonly LinkClass[] =>
  far === 'everybody' ? ['peer', 'load'] : far === 'clients' ? ['load'] : ['peer'];

/** The pairs of the targets and who is at their far ends; throws when there are none. */
export function pairsOf(input: EngageInput, far: Far): readonly Direction[] {
  const { targets, others, sut } = input;
  const nodes = far === 'clients' ? [] : (others ?? sut.nodes);
  const ends = [...nodes.map(({ id }) => id), ...(far === 'peers' ? [] : [LOAD_END])];
  return someOf(targets.flatMap(({ id }) => ends.map((end) => ({ from: id, to: end }))));
}

/** Pairs of whoever is in one group with whoever is in another. */
export function pairsAcross(groups: readonly (readonly LinkEnd[])[]): readonly Direction[] {
  return someOf(
    groups.flatMap((group, index) =>
      groups.slice(index + 1).flatMap((other) => across(group, other)),
    ),
  );
}

const across = (group: readonly LinkEnd[], other: readonly LinkEnd[]): readonly Direction[] =>
  group.flatMap((from) => other.map((to) => ({ from, to })));

/** Each pair once, whichever end is named first, and nobody with itself. */
function someOf(pairs: readonly Direction[]): readonly Direction[] {
  const known = new Map(
    pairs
      .filter(({ from, to }) => from !== to)
      .map((pair) => [[pair.from, pair.to].toSorted().join(' '), pair] as const),
  );
  if (known.size > 0) return [...known.values()];
  throw new HighwaterError('FAULT_FAILED', 'there is nobody at the other end of the link');
}

/** Both directions of every pair. */
export const bothWays = (pairs: readonly Direction[]): readonly Direction[] =>
  pairs.flatMap(({ from, to }) => [
    { from, to },
    { from: to, to: from },
  ]);

/** `broker-1→broker-2, broker-1↔controller-1`: two directions of a pair are told as one. */
export function showDirections(directions: readonly Direction[]): string {
  const has = ({ from, to }: Direction): boolean =>
    directions.some((other) => other.from === from && other.to === to);
  return directions
    .filter(({ from, to }, index) => {
      const back = directions.findIndex((other) => other.from === to && other.to === from);
      return back < 0 || back > index;
    })
    .map(({ from, to }) => `${from}${has({ from: to, to: from }) ? '↔' : '→'}${to}`)
    .join(', ');
}

/** Ids of nodes. */
export const nodesOf = (nodes: readonly { readonly id: string }[]): readonly string[] =>
  nodes.map(({ id }) => id);

/** The links of the run; throws when it has none, which a plan would not have let pass. */
export function linksOf({ links }: EngageInput): Links {
  if (links !== null) return links;
  throw new HighwaterError('FAULT_FAILED', 'this run has no links to work on');
}

/** Problems of parameters: keys that nobody knows, and a far end that is none. */
export function linkProblems(
  fault: string,
  params: JsonObject,
  known: readonly string[],
): readonly string[] {
  const far = params['far'];
  return [
    ...Object.keys(params)
      .filter((key) => !known.includes(key))
      .map(
        (key) =>
          `fault ${fault}: unknown parameter "${key}" (known: ${known.join(', ') || 'none'})`,
      ),
    ...(far === undefined || FAR.some((each) => each === far)
      ? []
      : [`fault ${fault}: far must be one of ${FAR.join(', ')}`]),
  ];
}
