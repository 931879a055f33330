import type { Move } from '../clients/kafka/operations.ts';
import type { TopicPartition } from '../record/names.ts';
import { cannot } from './order.ts';

/** Where a partition is now, by broker numbers; the preferred leader first. */
export interface Placed extends TopicPartition {
  readonly replicas: readonly number[];
}

/**
 * Which partitions have to move so that each topic lies evenly on these brokers, and on no other:
 * per topic no broker holds two replicas more than another, nor is the preferred leader of two
 * partitions more, as far as its replicas allow. What can stay stays: a replica that is moved is
 * copied whole. Pure, and the same for the same input.
 */
export function spreadEvenly(
  partitions: readonly Placed[],
  brokers: readonly number[],
): readonly Move[] {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  return topics.flatMap((name) => {
    const before = partitions.filter(({ topic }) => topic === name);
    const draft = before.map((each) => ({ ...each, replicas: [...each.replicas] }));
    for (const each of draft) refuseTooMany(each, brokers);
    evacuate(draft, brokers);
    levelReplicas(draft, brokers);
    levelLeaders(draft, brokers);
    return draft.filter((each, index) => !isSame(each.replicas, before[index]?.replicas ?? []));
  });
}

/** Whether two lists of brokers are the same, order included. */
export const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((broker, index) => broker === other[index]);

interface Draft extends TopicPartition {
  readonly replicas: number[];
}

function refuseTooMany({ topic, replicas }: Draft, brokers: readonly number[]): void {
  if (replicas.length <= brokers.length) return;
  throw cannot(
    `${topic} has ${replicas.length} replicas of each partition, which do not fit on ` +
      `${brokers.length} brokers`,
  );
}

/** How many replicas, or preferred leaderships, each broker has; the fewest first. */
function loads(
  draft: readonly Draft[],
  brokers: readonly number[],
  of: 'replicas' | 'leaders',
): readonly { readonly broker: number; readonly load: number }[] {
  const has = ({ replicas }: Draft, broker: number): boolean =>
    of === 'replicas' ? replicas.includes(broker) : replicas[0] === broker;
  return brokers
    .map((broker) => ({ broker, load: draft.filter((each) => has(each, broker)).length }))
    .toSorted((a, b) => a.load - b.load || a.broker - b.broker);
}

/** Replaces replicas on brokers that are not among those wanted, each in its place. */
function evacuate(draft: readonly Draft[], brokers: readonly number[]): void {
  for (const { replicas } of draft) {
    for (const [index, broker] of replicas.entries()) {
      if (brokers.includes(broker)) continue;
      const free = loads(draft, brokers, 'replicas').find(
        (each) => !replicas.includes(each.broker),
      );
      if (free !== undefined) replicas[index] = free.broker;
    }
  }
}

/** Moves single replicas from the fullest broker to the emptiest until they are level. */
function levelReplicas(draft: readonly Draft[], brokers: readonly number[]): void {
  for (;;) {
    const order = loads(draft, brokers, 'replicas');
    const [emptiest, fullest] = [order[0], order.at(-1)];
    if (emptiest === undefined || fullest === undefined) return;
    if (fullest.load - emptiest.load < 2) return;
    // There is one: the fullest broker is in more partitions than the emptiest.
    const moved = draft.findLast(
      ({ replicas }) => replicas.includes(fullest.broker) && !replicas.includes(emptiest.broker),
    );
    if (moved === undefined) return;
    moved.replicas[moved.replicas.indexOf(fullest.broker)] = emptiest.broker;
  }
}

/** Hands preferred leaderships on inside the partitions, which moves no data. */
function levelLeaders(draft: readonly Draft[], brokers: readonly number[]): void {
  for (;;) {
    const order = loads(draft, brokers, 'leaders');
    const handed = firstHandOver(draft, order);
    if (handed === undefined) return;
    const { replicas, to } = handed;
    const place = replicas.indexOf(to);
    [replicas[0], replicas[place]] = [to, replicas[0] as number];
  }
}

/** A partition whose leadership makes two brokers more alike; undefined when there is none. */
function firstHandOver(
  draft: readonly Draft[],
  order: ReturnType<typeof loads>,
): { readonly replicas: number[]; readonly to: number } | undefined {
  for (const full of order.toReversed()) {
    for (const empty of order) {
      if (full.load - empty.load < 2) break;
      const found = draft.find(
        ({ replicas }) => replicas[0] === full.broker && replicas.includes(empty.broker),
      );
      if (found !== undefined) return { replicas: found.replicas, to: empty.broker };
    }
  }
  return undefined;
}
