import type { Clock } from './clock.ts';
import { type ErrorCode, HighwaterError, isHighwaterError, messageOf } from './errors.ts';
import { after, ms, type Span, spanBetween } from './time.ts';
import { showSpan } from './units.ts';
import { untilAborted } from './until-aborted.ts';

/** One look at the world: gives a value, or throws when it could not look. */
export interface Probe<T> {
  /** What is looked at, for progress and errors: "brokers registered". */
  readonly what: string;
  look(signal: AbortSignal): Promise<T>;
  /** The value in a few words. */
  show(value: T): string;
}

/** How long to wait, and for what. */
export interface WaitOptions<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The limit of the whole wait; a look that is under way then gets LAST_LOOK to come back. */
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

/** What a look gets at least, so that the one at the very end of a wait can still succeed. */
const LAST_LOOK = ms(500);

/**
 * Looks again and again until the value is as wanted, and returns it. That is the only way to
 * return; out of time it throws with the last value *and* the last error seen. A look that hangs
 * is given up at the limit. A bug of ours ends the wait at once.
 */
export async function waitFor<T>(probe: Probe<T>, options: WaitOptions<T>): Promise<T> {
  const { clock, signal, within } = options;
  const deadline = after(clock.now(), within);
  const seen: Seen = { looks: 0, value: 'nothing', error: undefined };
  let heldSince: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const look = await lookOnce(probe, options, spanBetween(clock.now(), deadline));
    seen.looks += 1;
    if ('error' in look) {
      heldSince = undefined;
      seen.error = look.error;
    } else {
      seen.value = probe.show(look.value);
      seen.error = undefined;
      heldSince = options.until(look.value) ? (heldSince ?? clock.now()) : undefined;
      if (heldSince !== undefined && clock.now() - heldSince >= (options.steadyFor ?? 0)) {
        return look.value;
      }
    }
    options.onLook?.(seen.error === undefined ? seen.value : `${seen.value} (${seen.error})`);
    const left = spanBetween(clock.now(), deadline);
    if (left <= 0) throw outOfTime(probe.what, seen, options);
    await clock.sleep(ms(Math.min(options.every ?? 100, left)), signal);
  }
}

type Seen = { looks: number; value: string; error: string | undefined };
type Look<T> = { readonly value: T } | { readonly error: string };

/** One look that ends by the limit of the wait even when the probe forgets its signal. */
async function lookOnce<T>(
  probe: Probe<T>,
  { clock, signal }: WaitOptions<T>,
  left: Span,
): Promise<Look<T>> {
  const limit = ms(Math.max(left, LAST_LOOK));
  const tooLong = new AbortController();
  const ended = new AbortController();
  const timer = clock.sleep(limit, ended.signal).then(
    () => tooLong.abort(new Error(`the look did not end within ${showSpan(limit)}`)),
    () => {}, // The look ended first, which is the normal case.
  );
  const both = AbortSignal.any([signal, tooLong.signal]);
  try {
    return { value: await untilAborted(probe.look(both), both) };
  } catch (thrown) {
    signal.throwIfAborted();
    if (isHighwaterError(thrown, 'BUG')) throw thrown;
    return { error: messageOf(thrown) };
  } finally {
    ended.abort(new Error('the look ended'));
    await timer;
  }
}

function outOfTime<T>(what: string, seen: Seen, options: WaitOptions<T>): HighwaterError {
  const error = seen.error === undefined ? '' : `, last error ${seen.error}`;
  const steady =
    options.steadyFor === undefined ? '' : ` (must hold for ${showSpan(options.steadyFor)})`;
  return new HighwaterError(
    options.code ?? 'WAIT_TIMEOUT',
    `${what}: not so${steady} after ${showSpan(options.within)}: ` +
      `last seen "${seen.value}" (${seen.looks} looks${error})`,
    {
      facts: { what, looks: seen.looks, lastSeen: seen.value, lastError: seen.error ?? null },
      ...(options.hint === undefined ? {} : { hint: options.hint }),
    },
  );
}
