import type { LogClients } from '../clients/kafka/port.ts';
import type { Clock } from '../core/clock.ts';
import type { Workload } from '../workloads/workload.ts';
import { crewOf } from './crew.ts';
import type { LoadPool, LoadTells, WorkerJob } from './pool.ts';
import { openBody } from './worker/worker-body.ts';
import type { WorkerBody } from './worker/worker-parts.ts';

/** What a pool of inline workers is made of. */
export interface InlinePoolInput {
  readonly jobs: readonly WorkerJob[];
  readonly tells: LoadTells;
  readonly clock: Clock;
  readonly workload: Workload;
  /** Clients at the load vantage, in this process. */
  readonly clients: LogClients;
}

/** Load workers in the conductor's own thread, on any clock: for the memory environment. */
export const inlinePool = ({ jobs, tells, clock, workload, clients }: InlinePoolInput): LoadPool =>
  crewOf({
    jobs,
    tells,
    clock,
    openLine: ({ job, say, standby }) => {
      const open = (): WorkerBody =>
        openBody({ job, workload, clients, clock, say, loopDelayP99: () => null });
      let body = standby ? undefined : open();
      const close = async (): Promise<void> => body?.close();
      return {
        tell: (command) => {
          if (command.kind === 'open') body ??= open();
          else body?.hear(command);
        },
        thaw: () => body?.hear({ kind: 'act', what: 'thaw' }),
        kill: close,
        close,
      };
    },
  });
