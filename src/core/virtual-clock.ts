import type { Clock } from './clock.ts';
import { after, type Instant, instant, ms, type Span } from './time.ts';

/** A clock that jumps to the next timer as soon as nothing else can happen in this process. */
export interface VirtualClock extends Clock, Disposable {
  readonly name: 'virtual';
  /** How many times it jumped: a cheap guard against a scenario that never ends. */
  readonly jumps: number;
}

/**
 * Makes a clock on which a minute passes in milliseconds. The rule: once a whole turn of the event
 * loop has passed in which no timer was set or rang, and no file is being read or written, time
 * jumps to the earliest timer. It knows nothing of sockets and child processes, so code that waits
 * for those cannot use it. Once disposed it stands still: who still sleeps on it sleeps on.
 */
export function virtualClock(): VirtualClock {
  return new JumpingClock();
}

type Timer = { readonly due: Instant; readonly wake: () => void };

class JumpingClock implements VirtualClock {
  readonly name = 'virtual';
  jumps = 0;
  /** By the moment they are due, those set first before those set later. */
  readonly #timers: Timer[] = [];
  #now = instant(0);
  #turn: NodeJS.Immediate | undefined;
  #quiet = false;
  #disposed = false;

  now(): Instant {
    return this.#now;
  }

  sleep(span: Span, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const timer: Timer = { due: after(this.#now, ms(Math.max(0, span))), wake };
      const onAbort = (): void => {
        const at = this.#timers.indexOf(timer);
        if (at >= 0) this.#timers.splice(at, 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#set(timer);
    });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearImmediate(this.#turn);
  }

  #set(timer: Timer): void {
    const later = this.#timers.findLastIndex(({ due }) => due <= timer.due) + 1;
    this.#timers.splice(later, 0, timer);
    this.#quiet = false;
    this.#takeTurn();
  }

  #takeTurn(): void {
    // A timer that is due never is waited for by its signal only.
    const waiting = this.#timers[0] !== undefined && this.#timers[0].due < Number.POSITIVE_INFINITY;
    if (!waiting || this.#disposed || this.#turn !== undefined) return;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (filesAreBusy()) this.#quiet = false;
      else if (this.#quiet) this.#ring();
      else this.#quiet = true;
      this.#takeTurn();
    });
  }

  #ring(): void {
    const next = this.#timers.shift();
    // All timers of this turn may have been dropped by their signals.
    if (next === undefined) return;
    if (next.due > this.#now) this.#now = next.due;
    this.jumps += 1;
    // What this timer wakes may go on in an immediate of its own before it sets the next timer.
    this.#quiet = false;
    next.wake();
  }
}

/** Whether an operation on a file is on its way, which takes real time. */
const filesAreBusy = (): boolean =>
  process.getActiveResourcesInfo().some((resource) => /^(FS|Close)Req/.test(resource));
