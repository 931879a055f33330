/** A run of whole numbers, both ends included. */
export type Range = readonly [first: number, last: number];
/** A set of whole numbers as sorted, disjoint, non-adjacent runs: [[0, 9], [12, 12]]. */
export type Ranges = readonly Range[];
