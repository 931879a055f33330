import type { LogClients } from '../../clients/kafka/port.ts';
import type { Clock } from '../../core/clock.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { WorkerCommand, WorkerNews } from '../messages.ts';
import type { WorkerJob } from '../pool.ts';

/** What a load worker works with, in whatever thread it runs. */
export interface WorkerParts {
  readonly job: WorkerJob;
  readonly workload: Workload;
  readonly clients: LogClients;
  readonly clock: Clock;
  /** Tells the conductor. */
  readonly say: (news: WorkerNews) => void;
  /** p99 of the event loop's delay since the last call, where the worker has a loop of its own. */
  readonly loopDelayP99: () => number | null;
}

/** A load worker at work: the same code in a thread and inline. */
export interface WorkerBody {
  hear(command: WorkerCommand): void;
  /** Tells all that is new by now; done every second anyway, and before a thread breaks. */
  report(): void;
  /** Ends at once whatever is open; resolves when it is. Idempotent. */
  close(): Promise<void>;
}
