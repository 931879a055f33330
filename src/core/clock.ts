import { after, type Instant, type Span, spanBetween } from './time.ts';

/** The one source of time of a run: monotonic, injected everywhere, real or virtual. */
export interface Clock {
  readonly name: 'real' | 'virtual';
  /** Now, in milliseconds since the origin of this clock. */
  now(): Instant;
  /** Resolves once `span` has passed, not before; rejects with the signal's reason if it aborts. */
  sleep(span: Span, signal?: AbortSignal): Promise<void>;
}

/** A real clock can be continued in a worker thread of the same process from its origin. */
export interface RealClock extends Clock {
  readonly name: 'real';
  /** Monotonic nanoseconds of the machine at Instant 0, as text that can cross to a worker. */
  readonly origin: string;
}

/** The longest delay that setTimeout takes; a longer one would fire at once. */
const TIMEOUT_MAX = 2 ** 31 - 1;

/** Makes a clock on monotonic time; its origin is now unless another thread's is given. */
export function realClock(origin: string = String(process.hrtime.bigint())): RealClock {
  const zero = BigInt(origin);
  const now = (): Instant => (Number(process.hrtime.bigint() - zero) / 1e6) as Instant;
  return {
    name: 'real',
    origin,
    now,
    sleep: (span, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const due = after(now(), span);
        let timer: NodeJS.Timeout | undefined;
        const onAbort = (): void => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const wait = (left: number): void => {
          timer = setTimeout(wake, Math.min(Math.max(0, left), TIMEOUT_MAX));
        };
        // A timer counts whole milliseconds of its own clock and may fire a little early.
        const wake = (): void => {
          const left = spanBetween(now(), due);
          if (left > 0) return wait(left);
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        wait(span);
      }),
  };
}
