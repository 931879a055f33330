/** The consumer group of a run: one for each run, so that nothing is left from another. */
export const groupOf = (run: string): string => `highwater-${run}`;
