/** A set of whole numbers as sorted, disjoint, non-adjacent inclusive runs: [[0, 9], [12, 12]]. */
export type Range = readonly [first: number, last: number];
export type Ranges = readonly Range[];
