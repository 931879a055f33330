import type { Clock, RealClock } from '../core/clock.ts';
import { seconds } from '../core/time.ts';
import type { WorkerJob } from '../load/pool.ts';
import type { RunPlan } from '../record/plan.ts';
import { timetableOf } from '../record/timetable.ts';
import type { Sut } from '../systems/system.ts';
import type { Workload } from '../workloads/workload.ts';

/**
 * Attempts in flight per lane. An attempt carries what is due in a few milliseconds, so this is
 * many seconds of writes that wait for a dead follower to leave the in-sync set; more would only
 * queue up.
 */
const IN_FLIGHT_MAX = 2_000;

/**
 * The jobs of the load workers: senders that share the timetable, and a receiver where the workload
 * has one.
 */
export function workerJobs(input: {
  readonly plan: RunPlan;
  readonly sut: Sut;
  readonly clock: Clock;
  readonly run: string;
  readonly workload: Workload;
  readonly throttle: number | undefined;
}): WorkerJob[] {
  const { plan, sut, clock, run, workload } = input;
  const { warmUpMs, stages, workers } = plan.load;
  const first = stages[0]?.fromRate ?? 0;
  const common = {
    run,
    view: sut.view('load'),
    workload: plan.workload,
    topics: plan.topics,
    stages: [
      ...(warmUpMs > 0 ? [{ fromRate: first, toRate: first, forMs: warmUpMs }] : []),
      ...timetableOf(plan.load),
    ],
    of: workers,
    clockOrigin: clock.name === 'real' ? (clock as RealClock).origin : null,
    inFlightMax: IN_FLIGHT_MAX,
    lingerMs: seconds(20),
    throttle: input.throttle === undefined ? null : input.throttle / workers,
  };
  const senders = Array.from(
    { length: workers },
    (_, part): WorkerJob => ({ ...common, role: 'send', session: `p${part}`, part }),
  );
  return workload.receives && workload.groupOf(plan.workload.params, run) !== null
    ? [...senders, { ...common, role: 'receive', session: 'c0', part: 0 }]
    : senders;
}
