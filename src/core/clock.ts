import type { Instant, Span } from './time.ts';

/** The one source of time of a run: monotonic, injected everywhere, real or virtual. */
export interface Clock {
  readonly name: 'real' | 'virtual';
  /** Now, in milliseconds since the origin of this clock. */
  now(): Instant;
  /** Resolves after `span`; rejects with the signal's reason when it aborts first. */
  sleep(span: Span, signal?: AbortSignal): Promise<void>;
}

/** A real clock can be continued in a worker thread of the same process from its origin. */
export interface RealClock extends Clock {
  readonly name: 'real';
  /** The process's monotonic nanoseconds at Instant 0, as text, so that it can cross to a worker. */
  readonly origin: string;
}

/** Makes a clock on the process's monotonic time; its origin is now unless another thread's is given. */
export function realClock(origin: string = String(process.hrtime.bigint())): RealClock {
  const zero = BigInt(origin);
  return {
    name: 'real',
    origin,
    now: () => (Number(process.hrtime.bigint() - zero) / 1e6) as Instant,
    sleep: (span, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const onAbort = (): void => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const timer = setTimeout(
          () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
          Math.max(0, span),
        );
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
  };
}
