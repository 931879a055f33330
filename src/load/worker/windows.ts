import type { WindowName } from '../../record/events.ts';
import { Latencies } from '../latency.ts';
import type { EndedWindow } from '../messages.ts';

/** One window's latencies, and how many of its attempts are still open. */
export interface OpenWindow {
  readonly index: number;
  readonly name: WindowName;
  readonly latencies: Latencies;
  open: number;
  ended: boolean;
}

/**
 * Latencies by window. An attempt belongs to the window in which it was sent, so a window is told
 * when a later one has begun *and* its own last attempt is settled: an attempt that hangs into the
 * next window counts where it began.
 */
export class Windows {
  readonly #tell: (ended: EndedWindow) => void;
  #current: OpenWindow;
  readonly #open = new Set<OpenWindow>();

  constructor(tell: (ended: EndedWindow) => void) {
    this.#tell = tell;
    this.#current = this.#begin('warm-up', 0);
  }

  /** The window to which an attempt that is sent now belongs; it is kept open by `open`. */
  get current(): OpenWindow {
    return this.#current;
  }

  /** Ends the current window and begins the next; the same window again changes nothing. */
  next(name: WindowName): void {
    const before = this.#current;
    if (name === before.name) return;
    this.#current = this.#begin(name, before.index + 1);
    before.ended = true;
    this.#tellWhenSettled(before);
  }

  /** One attempt of the window is settled. */
  settled(window: OpenWindow): void {
    window.open -= 1;
    this.#tellWhenSettled(window);
  }

  /** Ends the last window: nothing will be sent any more and everything is settled. */
  end(): void {
    for (const window of this.#open) window.ended = true;
    for (const window of this.#open) this.#tellWhenSettled(window);
  }

  #begin(name: WindowName, index: number): OpenWindow {
    const window = { index, name, latencies: new Latencies(), open: 0, ended: false };
    this.#open.add(window);
    return window;
  }

  #tellWhenSettled(window: OpenWindow): void {
    if (!window.ended || window.open > 0 || !this.#open.delete(window)) return;
    const { index, name, latencies } = window;
    this.#tell({ index, window: name, latencies: latencies.encode() });
  }
}
