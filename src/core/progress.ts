import type { Span } from './time.ts';

/** Where a long-running part tells what it is doing; a terminal, a log, or nobody listens. */
export interface Progress {
  /** A phase began; `limit` is its budget. */
  phase(name: string, limit: Span): void;
  phaseEnded(name: string): void;
  /** What is being waited for, and what the last look saw. */
  waiting(what: string, seen: string): void;
  /** One status line about load and lag; told about once a second. */
  status(line: string): void;
  /** Something worth a line of its own: a fault was engaged, a leader moved. */
  note(text: string): void;
}

/** Tells nobody. */
export const silentProgress: Progress = {
  phase: () => {},
  phaseEnded: () => {},
  waiting: () => {},
  status: () => {},
  note: () => {},
};
