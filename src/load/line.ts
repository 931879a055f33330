import type { WorkerCommand, WorkerNews } from './messages.ts';
import type { WorkerJob } from './pool.ts';

/** The line to one worker. */
export interface WorkerLine {
  tell(command: WorkerCommand): void;
  /** Lets a receiver that was told to freeze go on. */
  thaw(): void;
  /** Ends the worker at once, without a word to whoever its client talks to. */
  kill(): Promise<void>;
  /** Ends the worker whatever it does; bounded. */
  close(): Promise<void>;
}

/** Begins to open a worker; its news go to `say`. */
export type OpenLine = (job: WorkerJob, say: (news: WorkerNews) => void) => WorkerLine;
