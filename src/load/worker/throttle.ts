import type { Instant } from '../../core/time.ts';

/** What a throttle saves up while nothing is asked of it, in seconds of its rate. */
const SAVED_SECONDS = 0.1;

/**
 * Lets at most so many records a second pass; for tests of the harness, which must notice the rest.
 */
export class Throttle {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #at: Instant;

  constructor(perSecond: number, now: Instant) {
    this.#perSecond = perSecond;
    this.#most = Math.max(1, perSecond * SAVED_SECONDS);
    this.#left = 1;
    this.#at = now;
  }

  /** How many of the wanted records may pass now. */
  take(wanted: number, now: Instant): number {
    const earned = ((now - this.#at) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#most, this.#left + earned);
    this.#at = now;
    const passes = Math.min(wanted, Math.floor(this.#left));
    this.#left -= passes;
    return passes;
  }
}
