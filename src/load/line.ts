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

/** What a line is opened with. */
export interface LineInput {
  readonly job: WorkerJob;
  /** Takes the news of the worker. */
  readonly say: (news: WorkerNews) => void;
  /** Makes everything ready and waits for the command to open. */
  readonly standby: boolean;
}

/** Begins to open a worker. */
export type OpenLine = (input: LineInput) => WorkerLine;
