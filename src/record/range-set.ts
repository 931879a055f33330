import { invariant } from '../core/errors.ts';
import type { Range, Ranges } from './ranges.ts';

/**
 * Sets of whole numbers as sorted, disjoint, non-adjacent inclusive runs. All functions are pure
 * and linear in the number of runs; none ever writes the numbers of a run out one by one, because
 * a run may stand for millions of records.
 */

/** The set of no number. */
export const NO_RANGES: Ranges = [];

/** The set of all numbers from `first` to `last`, both included; empty when `last` is smaller. */
export const rangesOf = (first: number, last: number): Ranges =>
  last < first ? NO_RANGES : [[first, last]];

/** The set of the given numbers, in any order, repeated or not. */
export function rangesOfNumbers(numbers: Iterable<number>): Ranges {
  const set = new RangeSet();
  for (const number of numbers) set.add(number);
  return set.ranges();
}

/** Brings runs in any order, overlapping or touching, into the canonical form. */
export function normaliseRanges(runs: readonly Range[]): Ranges {
  const sorted = runs.filter(([first, last]) => first <= last).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [first, last] of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) {
      if (last > previous[1]) previous[1] = last;
    } else merged.push([first, last]);
  }
  return merged;
}

/** The numbers that are in at least one of the sets. */
export function unionRanges(...sets: readonly Ranges[]): Ranges {
  const filled = sets.filter((set) => set.length > 0);
  if (filled.length === 0) return NO_RANGES;
  return filled.length === 1 ? (filled[0] as Ranges) : normaliseRanges(filled.flat());
}

/** The set with the numbers from `first` to `last` added. */
export const addRange = (set: Ranges, first: number, last: number = first): Ranges =>
  unionRanges(set, rangesOf(first, last));

/** The numbers that are in both sets. */
export function intersectRanges(left: Ranges, right: Ranges): Ranges {
  const common: Range[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    const [leftFirst, leftLast] = left[l] as Range;
    const [rightFirst, rightLast] = right[r] as Range;
    const first = Math.max(leftFirst, rightFirst);
    const last = Math.min(leftLast, rightLast);
    if (first <= last) common.push([first, last]);
    if (leftLast < rightLast) l += 1;
    else r += 1;
  }
  return common;
}

/** The numbers of `from` that are not in `taken`. */
export function subtractRanges(from: Ranges, taken: Ranges): Ranges {
  if (taken.length === 0) return from;
  const left: Range[] = [];
  let t = 0;
  for (const [start, end] of from) {
    let first = start;
    while (t < taken.length && (taken[t] as Range)[1] < first) t += 1;
    // `t` stays on a run that reaches beyond this one: it may take from the next run too.
    for (let at = t; at < taken.length && (taken[at] as Range)[0] <= end; at += 1) {
      const [takenFirst, takenLast] = taken[at] as Range;
      if (first < takenFirst) left.push([first, takenFirst - 1]);
      first = Math.max(first, takenLast + 1);
    }
    if (first <= end) left.push([first, end]);
  }
  return left;
}

/** How many numbers are in the set. */
export const countRanges = (set: Ranges): number =>
  set.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** Whether the number is in the set; a binary search. */
export function rangesContain(set: Ranges, number: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = set[middle] as Range;
    if (number < first) high = middle - 1;
    else if (number > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** The numbers of a set one by one, smallest first. */
export function* numbersOf(set: Ranges): Generator<number> {
  for (const [first, last] of set) {
    for (let number = first; number <= last; number += 1) yield number;
  }
}

/**
 * Whether these runs are in the canonical form: sorted, disjoint, not adjacent, whole, not
 * negative.
 */
export const isCanonical = (set: Ranges): boolean =>
  set.every(
    ([first, last], index) =>
      Number.isSafeInteger(first) &&
      Number.isSafeInteger(last) &&
      first >= 0 &&
      first <= last &&
      (index === 0 || first > (set[index - 1] as Range)[1] + 1),
  );

/**
 * Writes a set for people: "0–9, 12 (11 records)" without the count; long ones end in "… (+ 3
 * runs)".
 */
export function showRanges(set: Ranges, runsMax = 8): string {
  const shown = set
    .slice(0, runsMax)
    .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`))
    .join(', ');
  return set.length > runsMax ? `${shown}, … (+ ${set.length - runsMax} runs)` : shown || 'none';
}

/**
 * A set that grows: made for numbers that mostly increase by one, which it takes in constant time.
 * Numbers that come out of order are kept aside and merged when somebody looks.
 */
export class RangeSet {
  #runs: [number, number][] = [];
  #aside: [number, number][] = [];

  /** Adds one number, or all from `first` to `last`. */
  add(first: number, last: number = first): this {
    invariant(
      Number.isSafeInteger(first) && Number.isSafeInteger(last),
      `no range ${first}–${last}`,
    );
    if (last < first) return this;
    const end = this.#runs.at(-1);
    if (end === undefined || first > end[1] + 1) this.#runs.push([first, last]);
    else if (first >= end[0]) end[1] = Math.max(end[1], last);
    else this.#addAside(first, last);
    return this;
  }

  /** Adds all numbers of a set. */
  addAll(set: Ranges): this {
    for (const [first, last] of set) this.add(first, last);
    return this;
  }

  /** Whether the number is in the set. */
  has(number: number): boolean {
    this.#settle();
    return rangesContain(this.#runs, number);
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** The set as plain data, a copy. */
  ranges(): Ranges {
    this.#settle();
    return this.#runs.map(([first, last]) => [first, last] as const);
  }

  /** The set as plain data; this one is empty afterwards. Made for writing deltas. */
  drain(): Ranges {
    this.#settle();
    const runs = this.#runs;
    this.#runs = [];
    return runs;
  }

  #addAside(first: number, last: number): void {
    const end = this.#aside.at(-1);
    if (end !== undefined && first >= end[0] && first <= end[1] + 1)
      end[1] = Math.max(end[1], last);
    else this.#aside.push([first, last]);
    // Keeps a stream that never increases from hoarding: merging is linear in the runs.
    if (this.#aside.length > this.#runs.length + 1_024) this.#settle();
  }

  #settle(): void {
    if (this.#aside.length === 0) return;
    const aside = this.#aside;
    this.#aside = [];
    this.#runs = normaliseRanges([...this.#runs, ...aside]).map(([first, last]) => [first, last]);
  }
}
