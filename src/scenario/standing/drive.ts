import { HighwaterError } from '../../core/errors.ts';
import type { LoadTotals } from '../../load/pool.ts';
import type { LatencyEvent, OutageEvent, RunEvent } from '../../record/events.ts';
import { workerJobs } from '../run/worker-jobs.ts';
import type { Standing } from './standing.ts';

/** A stretch of load on a standing system. */
export interface Stretch {
  /** Records a second. */
  readonly rate: number;
  readonly forMs: number;
  readonly workers: number;
  /** Tells one stretch from another in the values that are sent. */
  readonly number: number;
}

/** What was measured of it. */
export interface Driven {
  readonly totals: LoadTotals;
  /** How long was sent. */
  readonly tookMs: number;
  readonly latencies: readonly LatencyEvent[];
  readonly outages: readonly OutageEvent[];
}

const NOTHING: LoadTotals = {
  due: 0,
  attempted: 0,
  acknowledged: 0,
  unknown: 0,
  failed: 0,
  dropped: 0,
  consumed: 0,
};

/**
 * Sends for a while with the driver and the workers that runs send with; nobody reads along.
 * Aborting the signal ends it early; what was sent is measured all the same.
 */
export async function drive(
  stretch: Stretch,
  standing: Standing,
  { tell, signal }: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
): Promise<Driven> {
  const { stage, input, sut, context } = standing;
  const { parts, planned } = input;
  const { rate, forMs, workers } = stretch;
  const stages = [{ fromRate: rate, toRate: rate, forMs }];
  const jobs = workerJobs({
    plan: { ...planned.plan, load: { warmUpMs: 0, stages, overtimeMs: 0, workers } },
    sut,
    clock: stage.clock,
    run: `${context.run}-${stretch.number}`,
    workload: parts.workload,
    throttle: undefined,
    directory: context.directory,
  }).filter(({ role }) => role === 'send');
  const events: RunEvent[] = [];
  let totals = NOTHING;
  const scope = stage.scope.child(`load ${stretch.number}`);
  const tells = {
    events: (told: readonly RunEvent[]) => events.push(...told),
    samples: () => {},
    deliveries: () => {},
    totals: (now: LoadTotals) => {
      totals = now;
      tell(`${now.attempted} sent of ${now.due} due, ${now.acknowledged} acknowledged`);
    },
  };
  try {
    const pool = scope.own(
      'load pool',
      parts.pool(jobs, tells, { sut, clock: stage.clock, scope }),
    );
    await pool.open(scope.signal);
    const from = stage.clock.now();
    pool.start();
    pool.window('baseline');
    const stop = (): void => pool.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await Promise.race([pool.finished(), pool.failed]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    // After the timetable only completions are waited for.
    const tookMs = Math.min(stage.clock.now() - from, forMs);
    return { totals, tookMs, ...measured(events) };
  } catch (thrown) {
    const cause = thrown instanceof HighwaterError ? thrown : undefined;
    throw cause ?? new HighwaterError('LOAD_FAILED', `load: ${String(thrown)}`, { cause: thrown });
  } finally {
    await scope.close();
  }
}

const measured = (events: readonly RunEvent[]): Pick<Driven, 'latencies' | 'outages'> => ({
  latencies: events.filter((event) => event.kind === 'latency'),
  outages: events.filter((event) => event.kind === 'outage'),
});
