import { join } from 'node:path';
import type { Clock, RealClock } from '../../core/clock.ts';
import { seconds } from '../../core/time.ts';
import type { WorkerJob } from '../../load/pool.ts';
import { FILES } from '../../record/disk/files.ts';
import type { RunPlan } from '../../record/plan.ts';
import { timetableOf } from '../../record/timetable.ts';
import type { Sut } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';

/**
 * Attempts in flight per lane. An attempt carries what is due in a few milliseconds, so this is
 * many seconds of writes that wait for a dead follower to leave the in-sync set; more would only
 * queue up.
 */
const IN_FLIGHT_MAX = 2_000;

/**
 * The jobs of the load workers: senders that share the timetable, each with its producer sessions,
 * and a receiver for each member of the workload's consumer group.
 */
export function workerJobs(input: {
  readonly plan: RunPlan;
  readonly sut: Sut;
  readonly clock: Clock;
  readonly run: string;
  readonly workload: Workload;
  readonly throttle: number | undefined;
  /** The run directory, absolute: what client libraries say of themselves goes there. */
  readonly directory: string;
}): WorkerJob[] {
  const { plan, sut, clock, run, workload, directory } = input;
  const { warmUpMs, stages, workers } = plan.load;
  const first = stages[0]?.fromRate ?? 0;
  const common = {
    run,
    view: sut.view('load'),
    clientLog: join(directory, FILES.clients),
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
  const { params } = plan.workload;
  const producers = workload.producers(params);
  const senders = Array.from({ length: workers }, (_, part): WorkerJob => {
    const sessions = Array.from({ length: producers }, (_one, at) => `p${part * producers + at}`);
    return { ...common, role: 'send', session: sessions[0] ?? `p${part}`, sessions, part };
  });
  const group = workload.groupOf(params, run);
  const members = group === null ? 0 : workload.members(params);
  const receivers = Array.from(
    { length: members },
    (_, at): WorkerJob => ({
      ...common,
      role: 'receive',
      session: `c${at}`,
      part: 0,
      ...(group === null ? {} : { group }),
    }),
  );
  return [...senders, ...receivers];
}
