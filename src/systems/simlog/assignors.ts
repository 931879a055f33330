import type { Assignor } from '../../clients/kafka/port.ts';
import type { SimPartition } from './partition.ts';

/** A member, as an assignor sees it. */
export interface Assignee {
  readonly topics: readonly string[];
  /** What it had until now. */
  readonly had: readonly SimPartition[];
}

/** Shares partitions out over members, in their order: the result has a share for each. */
export function shareOut(
  assignor: Assignor,
  members: readonly Assignee[],
  partitions: readonly SimPartition[],
): readonly (readonly SimPartition[])[] {
  if (members.length === 0) return [];
  if (assignor === 'range') return byRange(members.length, partitions);
  if (assignor === 'round-robin') return roundRobin(members.length, partitions);
  return sticky(members, partitions);
}

/** Of each topic a stretch of neighbours to each member, the first ones one more. */
function byRange(members: number, partitions: readonly SimPartition[]): SimPartition[][] {
  const shares = sharesOf(members);
  for (const topic of new Set(partitions.map((of) => of.topic))) {
    const mine = partitions.filter((of) => of.topic === topic);
    const least = Math.floor(mine.length / members);
    const more = mine.length % members;
    shares.forEach((share, index) => {
      share.push(...mine.splice(0, least + (index < more ? 1 : 0)));
    });
  }
  return shares;
}

function roundRobin(members: number, partitions: readonly SimPartition[]): SimPartition[][] {
  const shares = sharesOf(members);
  partitions.forEach((of, at) => {
    shares[at % members]?.push(of);
  });
  return shares;
}

/** As fair as round-robin, and everybody keeps as much as that allows. */
function sticky(
  members: readonly Assignee[],
  partitions: readonly SimPartition[],
): SimPartition[][] {
  const shares = sharesOf(members.length);
  const least = Math.floor(partitions.length / members.length);
  let more = partitions.length % members.length;
  members.forEach(({ had }, index) => {
    const kept = partitions.filter((of) => had.includes(of));
    const most = kept.length > least && more > 0 ? least + 1 : least;
    if (kept.length > least && more > 0) more -= 1;
    shares[index]?.push(...kept.slice(0, most));
  });
  const left = partitions.filter((of) => !shares.some((share) => share.includes(of)));
  for (const of of left) shares.toSorted((a, b) => a.length - b.length)[0]?.push(of);
  return shares;
}

const sharesOf = (members: number): SimPartition[][] => Array.from({ length: members }, () => []);
