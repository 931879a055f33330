import type { Clock } from '../../core/clock.ts';
import type { Progress } from '../../core/progress.ts';
import type { Scope } from '../../core/scope.ts';
import type { Environment } from '../../environments/environment.ts';
import type { FaultKind } from '../../faults/fault.ts';
import type { LeaseBook } from '../../leases/lease-book.ts';
import type { LoadPool, LoadTells, WorkerJob } from '../../load/pool.ts';
import type { ChangeKind } from '../../maintenance/change.ts';
import type { Watch } from '../../probes/watch.ts';
import type { RunDirectory } from '../../record/disk/run-directory.ts';
import type { Sut, SystemKind } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Planned } from '../plan/plan.ts';

/** The parts of one run, chosen by the composition root after the plan. */
export interface RunParts {
  readonly environment: Environment;
  readonly system: SystemKind;
  readonly workload: Workload;
  readonly faults: ReadonlyMap<string, FaultKind>;
  readonly changes: ReadonlyMap<string, ChangeKind>;
  /** Makes a watch by name; the ones that every run has are added by the run itself. */
  watch(name: string): Watch;
  /** Load workers for these jobs: threads, or inline on a virtual clock. */
  pool(jobs: readonly WorkerJob[], tells: LoadTells, context: PoolContext): LoadPool;
}

/** What a pool of load workers is opened with. */
export interface PoolContext {
  readonly sut: Sut;
  readonly clock: Clock;
  readonly scope: Scope;
}

/** Everything that a run is given from outside. */
export interface RunInput {
  readonly planned: Planned;
  readonly parts: RunParts;
  readonly directory: RunDirectory;
  readonly openLeases: (file: string, run: string) => LeaseBook;
  readonly progress: Progress;
  /** Aborted: leave as soon as everything is given back. */
  readonly signal: AbortSignal;
  /** Aborted once by Ctrl-C: end the load, judge what there is, clean up, report. */
  readonly interrupt: AbortSignal;
  /**
   * For tests of the harness: the load generator cannot send more than this many records a second.
   */
  readonly throttle?: number;
}
