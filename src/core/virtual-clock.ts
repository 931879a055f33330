import type { Clock } from './clock.ts';
import { after, type Instant, type Span } from './time.ts';

type Timer = { due: Instant; order: number; wake: () => void };

/** A clock that jumps to the next timer as soon as nothing else can happen in this process. */
export interface VirtualClock extends Clock, Disposable {
  /** How many times it jumped: a cheap guard against a scenario that never ends. */
  readonly jumps: number;
}

/**
 * Makes a clock on which a minute passes in milliseconds. The rule: once a whole turn of the event
 * loop has passed in which no new timer was set, time jumps to the earliest timer. It is meant for
 * code that waits on this clock and on promises only; it does not know of sockets or files.
 * Dispose it to let the process end.
 */
export function virtualClock(): VirtualClock {
  let now = 0 as Instant;
  let order = 0;
  let jumps = 0;
  let turn: NodeJS.Immediate | undefined;
  let changed = false;
  let disposed = false;
  const timers: Timer[] = [];

  const step = (): void => {
    turn = undefined;
    if (disposed || timers.length === 0) return;
    if (changed) {
      changed = false;
    } else {
      timers.sort((a, b) => a.due - b.due || a.order - b.order);
      const next = timers.shift() as Timer;
      if (next.due > now) now = next.due;
      jumps += 1;
      next.wake();
    }
    schedule();
  };
  const schedule = (): void => {
    if (turn === undefined && !disposed) turn = setImmediate(step);
  };

  return {
    name: 'virtual',
    get jumps() {
      return jumps;
    },
    now: () => now,
    sleep: (span: Span, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const timer: Timer = {
          due: after(now, Math.max(0, span) as Span),
          order: order++,
          wake: () => {},
        };
        const onAbort = (): void => {
          const at = timers.indexOf(timer);
          if (at >= 0) timers.splice(at, 1);
          reject(signal?.reason as Error);
        };
        timer.wake = () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        timers.push(timer);
        changed = true;
        schedule();
      }),
    [Symbol.dispose]() {
      disposed = true;
      if (turn !== undefined) clearImmediate(turn);
    },
  };
}
