import type { Clock } from '../core/clock.ts';
import type { Scope } from '../core/scope.ts';
import type { Span } from '../core/time.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Sut } from '../systems/system.ts';

/** A look at the world that is taken again and again through the whole run and recorded. */
export interface Watch {
  readonly name: string;
  readonly every: Span;
  /**
   * Takes one look and records it. Its failure is recorded by the loop and does not end the run.
   */
  look(input: WatchInput): Promise<void>;
}

/** What a watch looks with. */
export interface WatchInput {
  readonly sut: Sut;
  readonly topics: readonly string[];
  readonly group: string | null;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Owns clients that a watch opens. */
  readonly scope: Scope;
  readonly signal: AbortSignal;
}
