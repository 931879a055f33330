import type { Clock } from '../../core/clock.ts';
import { invariant } from '../../core/errors.ts';
import { type Span, spanBetween } from '../../core/time.ts';

/** Something that is to happen at its time, unless it is cancelled before. */
export interface Entry {
  readonly due: number;
  readonly order: number;
  /** Undefined once it ran or was cancelled. */
  run: (() => void) | undefined;
}

/**
 * What is going to happen in the simulated log, in order of time and then of entry. It keeps its
 * own queue, since thousands of requests have time-outs that hardly ever come due, and lets the
 * clock know only of the next thing.
 */
export class Agenda {
  private clock: Clock | undefined;
  private readonly heap: Entry[] = [];
  /** Times at which the clock is going to wake us, the earliest last. */
  private readonly wakes: number[] = [];
  private orders = 0;

  /** Takes the clock of the machine that booted first; all machines share one. */
  start(clock: Clock): void {
    invariant(
      this.clock === undefined || this.clock === clock,
      'brokers of two clocks in a cluster',
    );
    this.clock = clock;
  }

  get now(): number {
    return this.clock?.now() ?? 0;
  }

  /**
   * Runs `run` once, after `span`, on a whole millisecond: what happens within one takes one step
   * of the clock together, however many records a second there are.
   */
  after(span: number, run: () => void): Entry {
    invariant(
      this.clock !== undefined,
      'a simulated log that was never booted is asked to do things',
    );
    const entry: Entry = {
      due: Math.ceil(this.now + Math.max(0, span)),
      order: this.orders++,
      run,
    };
    this.push(entry);
    this.arm();
    return entry;
  }

  /** Resolves after `span`; rejects with the signal's reason when that comes first. */
  async pause(span: number, signal?: AbortSignal): Promise<void> {
    invariant(this.clock !== undefined, 'a simulated log that was never booted is asked to wait');
    await this.clock.sleep(span as Span, signal);
  }

  private arm(): void {
    const next = this.heap[0];
    if (next === undefined || this.clock === undefined) return;
    const woken = this.wakes.at(-1);
    if (woken !== undefined && woken <= next.due) return;
    this.wakes.push(next.due);
    const { clock } = this;
    void clock.sleep(spanBetween(clock.now(), next.due as never)).then(() => this.wake(next.due));
  }

  private wake(due: number): void {
    const at = this.wakes.lastIndexOf(due);
    if (at >= 0) this.wakes.splice(at, 1);
    for (let next = this.heap[0]; next !== undefined && next.due <= due; next = this.heap[0]) {
      this.pop();
      const { run } = next;
      next.run = undefined;
      run?.();
    }
    this.arm();
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(entry, heap[above] as Entry)) break;
      heap[at] = heap[above] as Entry;
      at = above;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      const right = below + 1;
      if (right < heap.length && isBefore(heap[right] as Entry, heap[below] as Entry))
        below = right;
      if (!isBefore(heap[below] as Entry, last)) break;
      heap[at] = heap[below] as Entry;
      at = below;
    }
    heap[at] = last;
  }
}

/** Takes an entry off the agenda; idempotent. */
export function cancel(entry: Entry): void {
  entry.run = undefined;
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.due < b.due || (a.due === b.due && a.order < b.order);
