import type { DeliveryDelta } from '../record/ledger.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import {
  countRanges,
  intersectRanges,
  NO_RANGES,
  subtractRanges,
  unionRanges,
} from '../record/range-set.ts';
import type { Ranges } from '../record/ranges.ts';

/**
 * What a group as a whole was given. A member knows only what it was given itself: when a partition
 * moves, its new owner goes on from the last commit and is given once more what the owner before
 * had not committed. For the group that is delivered again, and here it is told so.
 */
export class GroupView {
  /** By producer session and partition: what some member was given. */
  readonly #given = new Map<string, Ranges>();
  /** Records to take off the next counts of a partition: they were given to another member. */
  readonly #owed = new Map<string, number>();

  /** The deltas of one member as the group sees them. */
  deltas(deltas: readonly DeliveryDelta[]): readonly DeliveryDelta[] {
    return deltas.flatMap((delta) => {
      if (delta.as !== 'consumed') return [delta];
      const of = showPartition(delta);
      const key = `${delta.session} ${of}`;
      const before = this.#given.get(key) ?? NO_RANGES;
      this.#given.set(key, unionRanges(before, delta.ranges));
      const again = intersectRanges(delta.ranges, before);
      if (again.length === 0) return [delta];
      this.#owed.set(of, (this.#owed.get(of) ?? 0) + countRanges(again));
      const fresh = subtractRanges(delta.ranges, again);
      return [
        ...(fresh.length === 0 ? [] : [{ ...delta, ranges: fresh }]),
        { ...delta, as: 'consumed-again' as const, ranges: again },
      ];
    });
  }

  /** How many of the records that a member counted were given to nobody before. */
  fresh(of: TopicPartition, records: number): number {
    const owed = this.#owed.get(showPartition(of)) ?? 0;
    const off = Math.min(owed, records);
    if (off > 0) this.#owed.set(showPartition(of), owed - off);
    return records - off;
  }
}
