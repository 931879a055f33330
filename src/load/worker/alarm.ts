import type { Clock } from '../../core/clock.ts';
import { type Instant, ms, spanBetween } from '../../core/time.ts';

/**
 * A sleep that can be cut short: for a loop that waits for a time or for news, whichever is first.
 */
export class Alarm {
  readonly #clock: Clock;
  #asleep: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves at or just after this moment, or when it rings. A moment that is past gives way once.
   */
  async sleepUntil(at: Instant): Promise<void> {
    const asleep = new AbortController();
    this.#asleep = asleep;
    try {
      // Timers cut fractions off; rounded up, they never fire before what was waited for.
      const left = Math.ceil(spanBetween(this.#clock.now(), at));
      await this.#clock.sleep(ms(Math.max(0, left)), asleep.signal);
    } catch (thrown) {
      if (!asleep.signal.aborted) throw thrown;
    } finally {
      this.#asleep = undefined;
    }
  }

  /** Wakes whoever sleeps; nobody sleeping, nothing happens. */
  ring(): void {
    this.#asleep?.abort();
  }
}
