import type { Clock } from './clock.ts';
import { type ErrorCode, HighwaterError, messageOf } from './errors.ts';
import { after, ms, type Span, spanBetween } from './time.ts';
import { showSpan } from './units.ts';

/** One look at the world: gives a value, or throws when it could not look. */
export interface Probe<T> {
  /** What is looked at, for progress and errors: "brokers registered". */
  readonly what: string;
  look(signal: AbortSignal): Promise<T>;
  /** The value in a few words. */
  show(value: T): string;
}

export interface WaitOptions<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The limit of the whole wait. */
  readonly within: Span;
  /** Pause between looks; 100 ms unless told. */
  readonly every?: Span;
  /** How long the condition must go on holding; 0 unless told. */
  readonly steadyFor?: Span;
  /** Told of every look, for progress lines. */
  readonly onLook?: (seen: string) => void;
  /** Code and hint of the error when time runs out. */
  readonly code?: ErrorCode;
  readonly hint?: string;
  readonly until: (value: T) => boolean;
}

/**
 * Looks again and again until the value is as wanted, and returns it. That is the only way to
 * return; out of time it throws with the last value *and* the last error seen.
 */
export async function waitFor<T>(probe: Probe<T>, options: WaitOptions<T>): Promise<T> {
  const { clock, signal, within, until } = options;
  const started = clock.now();
  const deadline = after(started, within);
  let looks = 0;
  let lastSeen = 'nothing';
  let lastError: string | undefined;
  let heldSince: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      const look = AbortSignal.any([signal]);
      const value = await probe.look(look);
      looks += 1;
      lastSeen = probe.show(value);
      lastError = undefined;
      if (until(value)) {
        heldSince ??= clock.now();
        if (clock.now() - heldSince >= (options.steadyFor ?? 0)) return value;
      } else heldSince = undefined;
    } catch (thrown) {
      signal.throwIfAborted();
      looks += 1;
      heldSince = undefined;
      lastError = messageOf(thrown);
    }
    options.onLook?.(lastError === undefined ? lastSeen : `${lastSeen} (${lastError})`);
    const left = spanBetween(clock.now(), deadline);
    if (left <= 0) {
      throw new HighwaterError(
        options.code ?? 'WAIT_TIMEOUT',
        `${probe.what}: not so after ${showSpan(within)}: last seen "${lastSeen}" (${looks} looks` +
          `${lastError === undefined ? '' : `, last error ${lastError}`})`,
        {
          facts: { what: probe.what, looks, lastSeen, lastError: lastError ?? null },
          ...(options.hint === undefined ? {} : { hint: options.hint }),
        },
      );
    }
    await clock.sleep(ms(Math.min(options.every ?? 100, left)), signal);
  }
}
