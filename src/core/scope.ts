import type { Clock } from './clock.ts';
import { HighwaterError, messageOf } from './errors.ts';
import { after, minutes, ms, type Span, seconds, spanBetween } from './time.ts';

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
  /** Registers an undo; `within` defaults to 10 s. */
  onClose(label: string, undo: (signal: AbortSignal) => Promise<void> | void, within?: Span): void;
  /** Runs a background task that this scope owns: its failure aborts the scope, its end is awaited on close. */
  task(label: string, body: (signal: AbortSignal) => Promise<void>): void;
  /** A scope inside this one; it closes with it, or earlier by itself. */
  child(label: string): Scope;
  /** Aborts everything that listens to this scope's signal, without closing it. */
  abort(reason: Error): void;
  /** Closes once; later calls give the same report. */
  close(): Promise<CleanupReport>;
}

type Undo = { label: string; undo: (signal: AbortSignal) => Promise<void> | void; within: Span };

/** Opens a scope. The parent's signal, if any, aborts it too. */
export function openScope(label: string, clock: Clock, parent?: AbortSignal): Scope {
  const controller = new AbortController();
  const undos: Undo[] = [];
  let closing: Promise<CleanupReport> | undefined;
  const abort = (reason: Error): void => {
    if (!controller.signal.aborted) controller.abort(reason);
  };
  const onParentAbort = (): void => abort(parent?.reason as Error);
  if (parent?.aborted) onParentAbort();
  else parent?.addEventListener('abort', onParentAbort, { once: true });

  const doClose = async (): Promise<CleanupReport> => {
    const entries: CleanupEntry[] = [];
    // Tasks must see the end before their own undo waits for it.
    abort(new HighwaterError('INTERRUPTED', `scope "${label}" closed`));
    for (let item = undos.pop(); item !== undefined; item = undos.pop()) {
      entries.push(...(await closeOne(item, clock)));
    }
    parent?.removeEventListener('abort', onParentAbort);
    return { entries, failures: entries.filter((entry) => entry.error !== undefined).length };
  };

  const scope: Scope = {
    label,
    signal: controller.signal,
    own(thingLabel, thing) {
      scope.onClose(thingLabel, () => thing[Symbol.asyncDispose]() as Promise<void>);
      return thing;
    },
    onClose(undoLabel, undo, within = seconds(10)) {
      undos.push({ label: undoLabel, undo, within });
    },
    task(taskLabel, body) {
      const ended = body(controller.signal).catch((thrown: unknown) => {
        if (!controller.signal.aborted) {
          abort(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
        }
      });
      scope.onClose(`task ${taskLabel}`, () => ended);
    },
    child(childLabel) {
      const inner = openScope(childLabel, clock, controller.signal);
      undos.push({ label: childLabel, undo: () => {}, within: ms(0) });
      const last = undos.at(-1) as Undo;
      last.within = minutes(5);
      last.undo = async () => {
        const report = await inner.close();
        if (report.failures > 0) throw new NestedCleanup(report);
      };
      return inner;
    },
    abort,
    close: () => (closing ??= doClose()),
    [Symbol.asyncDispose]: async () => {
      await scope.close();
    },
  };
  return scope;
}

/** Carries the report of an inner scope to the outer one. */
class NestedCleanup extends Error {
  readonly report: CleanupReport;
  constructor(report: CleanupReport) {
    super('inner scope left something behind');
    this.report = report;
  }
}

async function closeOne(item: Undo, clock: Clock): Promise<CleanupEntry[]> {
  const started = clock.now();
  const limit = new AbortController();
  const tooLate = clock.sleep(item.within, limit.signal).then(
    () => {
      throw new HighwaterError('WAIT_TIMEOUT', `undo "${item.label}" took over ${item.within} ms`);
    },
    () => {},
  );
  const took = (): number => Math.round(spanBetween(started, after(clock.now(), ms(0))));
  try {
    await Promise.race([Promise.resolve(item.undo(limit.signal)), tooLate]);
    return [{ label: item.label, tookMs: took() }];
  } catch (thrown) {
    if (thrown instanceof NestedCleanup) {
      return thrown.report.entries.map((entry) => ({
        ...entry,
        label: `${item.label} / ${entry.label}`,
      }));
    }
    return [{ label: item.label, tookMs: took(), error: messageOf(thrown) }];
  } finally {
    limit.abort(new Error('undo ended'));
  }
}
