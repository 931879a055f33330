/**
 * The wall clock, for the one anchor of a run and for names of files. Everything else measures on
 * the run's own monotonic Clock.
 */
export const wallClock = (): Date => new Date();
