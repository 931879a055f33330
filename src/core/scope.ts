import type { Clock } from './clock.ts';
import { HighwaterError, messageOf } from './errors.ts';
import { minutes, type Span, seconds, spanBetween } from './time.ts';
import { showSpan } from './units.ts';
import { untilAborted } from './until-aborted.ts';

/** What became of one thing that a scope owned. */
export interface CleanupEntry {
  readonly label: string;
  readonly tookMs: number;
  readonly error?: string;
}

/** What a scope did when it closed; `failures` counts entries with an error. */
export interface CleanupReport {
  readonly entries: readonly CleanupEntry[];
  readonly failures: number;
}

/**
 * The one owner of lifetimes. What was opened last is closed first; every undo has a limit of its
 * own, started when it starts; an undo that throws is reported, never thrown.
 */
export interface Scope extends AsyncDisposable {
  readonly label: string;
  /** Aborts when this scope or one above it aborts or closes. The first reason wins. */
  readonly signal: AbortSignal;
  /** Takes ownership of a thing and gives it back. */
  own<T extends AsyncDisposable>(label: string, thing: T): T;
  /**
   * Registers an undo; `within` defaults to 10 s, and its signal aborts when that is over. After
   * the scope has closed there is nobody to wait for it: it runs at once.
   */
  onClose(label: string, undo: Undo, within?: Span): void;
  /** Runs a task that this scope owns: its failure aborts the scope, close waits for its end. */
  task(label: string, body: (signal: AbortSignal) => Promise<void>): void;
  /** A scope inside this one; it closes with it, or earlier by itself. */
  child(label: string): Scope;
  /** Aborts everything that listens to this scope's signal, without closing it. */
  abort(reason: Error): void;
  /** Closes once; later calls give the same report. */
  close(): Promise<CleanupReport>;
}

/** Takes something back; gets a signal that aborts when its time is over. */
export type Undo = (signal: AbortSignal) => Promise<void> | void;

/** Opens a scope. The parent's signal, if any, aborts it too. */
export function openScope(label: string, clock: Clock, parent?: AbortSignal): Scope {
  return new OwningScope(label, clock, parent);
}

const UNDO_LIMIT = seconds(10);
/** An inner scope is limited by its own undos; this is a net below them. */
const INNER_LIMIT = minutes(5);

type Owned =
  | { readonly label: string; readonly undo: Undo; readonly within: Span }
  | { readonly label: string; readonly inner: Scope; readonly within: Span };

class OwningScope implements Scope {
  readonly label: string;
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #owned: Owned[] = [];
  #closing: Promise<CleanupReport> | undefined;
  #closed = false;
  #forgetParent = (): void => {};

  constructor(label: string, clock: Clock, parent: AbortSignal | undefined) {
    this.label = label;
    this.#clock = clock;
    this.signal = this.#controller.signal;
    if (parent !== undefined) this.#follow(parent);
  }

  own<T extends AsyncDisposable>(label: string, thing: T): T {
    this.onClose(label, async () => {
      await thing[Symbol.asyncDispose]();
    });
    return thing;
  }

  onClose(label: string, undo: Undo, within: Span = UNDO_LIMIT): void {
    this.#take({ label, undo, within });
  }

  task(label: string, body: (signal: AbortSignal) => Promise<void>): void {
    const run = async (): Promise<void> => {
      try {
        await body(this.signal);
      } catch (thrown) {
        // After an abort this only says that the task has heard it: the first reason wins.
        this.abort(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
      }
    };
    const ended = run();
    this.onClose(`task ${label}`, () => ended);
  }

  child(label: string): Scope {
    const inner = openScope(label, this.#clock, this.signal);
    this.#take({ label, inner, within: INNER_LIMIT });
    return inner;
  }

  abort(reason: Error): void {
    if (!this.signal.aborted) this.#controller.abort(reason);
  }

  close(): Promise<CleanupReport> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #follow(parent: AbortSignal): void {
    const onAbort = (): void => this.abort(parent.reason as Error);
    if (parent.aborted) onAbort();
    else parent.addEventListener('abort', onAbort, { once: true });
    this.#forgetParent = () => parent.removeEventListener('abort', onAbort);
  }

  #take(owned: Owned): void {
    if (this.#closed) void closeOne(owned, this.#clock);
    else this.#owned.push(owned);
  }

  async #close(): Promise<CleanupReport> {
    const entries: CleanupEntry[] = [];
    // Tasks must see the end before their own undo waits for it.
    this.abort(new HighwaterError('INTERRUPTED', `scope "${this.label}" closed`));
    for (let item = this.#owned.pop(); item !== undefined; item = this.#owned.pop()) {
      entries.push(...(await closeOne(item, this.#clock)));
    }
    this.#closed = true;
    this.#forgetParent();
    return { entries, failures: entries.filter(({ error }) => error !== undefined).length };
  }
}

/** Closes one thing within its limit; never throws. */
async function closeOne(owned: Owned, clock: Clock): Promise<readonly CleanupEntry[]> {
  const { label, within } = owned;
  const started = clock.now();
  const tooLong = new AbortController();
  const ended = new AbortController();
  const timer = clock.sleep(within, ended.signal).then(
    () => tooLong.abort(new Error(`not done after ${showSpan(within)}`)),
    () => {}, // It was done first, which is the normal case.
  );
  const entry = (error?: string): CleanupEntry => ({
    label,
    tookMs: Math.round(spanBetween(started, clock.now())),
    ...(error === undefined ? {} : { error }),
  });
  try {
    if ('inner' in owned) {
      const report = await untilAborted(owned.inner.close(), tooLong.signal);
      const inside = report.entries.map((one) => ({ ...one, label: `${label} / ${one.label}` }));
      return [...inside, entry()];
    }
    const undo = async (): Promise<void> => owned.undo(tooLong.signal);
    await untilAborted(undo(), tooLong.signal);
    return [entry()];
  } catch (thrown) {
    return [entry(messageOf(thrown))];
  } finally {
    ended.abort(new Error(`"${label}" closed`));
    await timer;
  }
}
