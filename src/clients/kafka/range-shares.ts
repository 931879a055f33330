/**
 * Kafka's range assignment: the partitions of each topic in order, cut into as many stretches as
 * there are members in order of their ids; the first stretches are longer by one where it does not
 * divide.
 */
export function rangeShares(
  members: readonly string[],
  partitionsOf: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, ReadonlyMap<string, number[]>> {
  const sorted = [...members].sort();
  const shares = new Map(sorted.map((member) => [member, new Map<string, number[]>()]));
  for (const [topic, partitions] of partitionsOf) {
    const left = partitions.toSorted((a, b) => a - b);
    const least = Math.floor(left.length / sorted.length);
    const more = left.length % sorted.length;
    sorted.forEach((member, index) => {
      const share = left.splice(0, least + (index < more ? 1 : 0));
      if (share.length > 0) shares.get(member)?.set(topic, share);
    });
  }
  return shares;
}
