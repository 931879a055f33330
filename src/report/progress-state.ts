import type { Span } from '../core/time.ts';
import { ms } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { onOneLine } from './printable.ts';

/**
 * Where progress is shown until it is over; `end` leaves the place clean and can be called again.
 */
export interface ShownProgress {
  /** Shows no more until the next phase or note; tells of phases that never ended. */
  end(): void;
}

/** The time source and the beat of whoever shows progress; real, or a test's. */
export interface Beat {
  /** Milliseconds, monotonic. */
  now(): number;
  /**
   * Calls again and again until the returned function is called; does not keep the process alive.
   */
  every(period: Span, call: () => void): () => void;
}

/** The beat of this process. */
export const realBeat: Beat = {
  now: () => performance.now(),
  every(period, call) {
    const timer = setInterval(call, period);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Where it is written. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

interface OpenPhase {
  readonly name: string;
  readonly limit: Span;
  readonly began: number;
}

/**
 * A thing that is waited for is shown this long after it was last told, once load has its own line.
 */
const WAITING_FRESH = 3_000;

/** What is known of the run at this moment, for both ways to show it. */
export class ProgressState {
  readonly #beat: Beat;
  #origin: number | undefined;
  #phases: OpenPhase[] = [];
  #waiting: { readonly text: string; readonly at: number } | undefined;
  #status: { readonly text: string; readonly at: number } | undefined;

  constructor(beat: Beat) {
    this.#beat = beat;
  }

  begin(name: string, limit: Span): void {
    this.#phases.push({ name: onOneLine(name), limit, began: this.#now() });
    this.#waiting = undefined;
  }

  /** Forgets the phase and returns how long it took; undefined when it was not open. */
  finish(name: string): Span | undefined {
    const index = this.#phases.findLastIndex((phase) => phase.name === onOneLine(name));
    const [phase] = index < 0 ? [] : this.#phases.splice(index, 1);
    this.#waiting = undefined;
    this.#status = undefined;
    return phase === undefined ? undefined : ms(this.#now() - phase.began);
  }

  wait(what: string, seen: string): void {
    this.#waiting = { text: onOneLine(`${what}: ${seen}`), at: this.#now() };
  }

  report(line: string): void {
    this.#status = { text: onOneLine(line), at: this.#now() };
  }

  /** Time since the first thing that was told. */
  get elapsed(): Span {
    return ms(this.#now() - (this.#origin ?? this.#now()));
  }

  /** The open phases, each as "load 12 s of 2 m". */
  get phases(): readonly string[] {
    return this.#phases.map(
      ({ name, limit, began }) =>
        `${name} ${wholeSeconds(ms(this.#now() - began))} of ${showSpan(limit)}`,
    );
  }

  /** What is being waited for with its last look; undefined when nobody has spoken of it lately. */
  get waiting(): string | undefined {
    const { text, at } = this.#waiting ?? {};
    if (at === undefined) return undefined;
    const superseded = this.#status !== undefined && this.#status.at >= at;
    return superseded && this.#now() - at > WAITING_FRESH ? undefined : text;
  }

  get status(): string | undefined {
    return this.#status?.text;
  }

  /** Starts over for the next run; gives the names of phases that were still open. */
  reset(): readonly string[] {
    const open = this.#phases.map(({ name }) => name);
    this.#phases = [];
    this.#waiting = undefined;
    this.#status = undefined;
    this.#origin = undefined;
    return open;
  }

  #now(): number {
    const now = this.#beat.now();
    this.#origin ??= now;
    return now;
  }
}

/** A span that does not flicker while it is being shown: "12 s", "1 m 3 s". */
export const wholeSeconds = (span: Span): string =>
  span < 1_000 ? '0 s' : showSpan(ms(Math.floor(span / 1_000) * 1_000));
