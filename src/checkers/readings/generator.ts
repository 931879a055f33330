import { showCount } from '../../core/units.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { SeriesName } from '../../record/samples.ts';
import { countedOf, sumInside } from '../../record/series.ts';
import { plannedBetween, timetableOf } from '../../record/timetable.ts';
import { baselineStart } from '../../record/windows.ts';
import type { JudgedWindow } from './judged-windows.ts';

/**
 * Whether the load generator itself kept up, so that a rate or a latency is the system's and not
 * ours. A slot that was due was attempted, or dropped because the system left all of a lane's
 * attempts unanswered: both show that the generator came to it, and in time. A slot in neither
 * count, or an attempt that began late, is the generator's own doing.
 */

/** Less of the planned slots is a generator that did not keep up; 5 % covers rows that are cut. */
const CAME_TO_MIN = 0.95;
/** More late attempts (50 ms after they were due) than this are no timetable any more. */
const LATE_MAX = 0.05;

/** What the generator did in a window. */
export interface Generated {
  readonly planned: number;
  readonly attempted: number;
  readonly dropped: number;
  /** Why nothing of this window can be laid at the system's door, in words; null when it can. */
  readonly doubt: string | null;
}

/** Looks at one window. */
export function generatedIn(record: RunRecord, window: JudgedWindow): Generated {
  const start = baselineStart(record.events) ?? 0;
  const stages = timetableOf(record.plan.load);
  const planned = plannedBetween(stages, window.from - start, window.to - start);
  const sum = (series: SeriesName): number => sumInside(countedOf(record.samples, series), window);
  const [attempted, dropped, late] = [sum('attempted'), sum('dropped'), sum('late')];
  const known = { planned, attempted, dropped };
  const where = `in the ${window.name} window`;
  if (planned === 0) return { ...known, doubt: `no load was planned ${where}` };
  if (attempted + dropped < planned * CAME_TO_MIN) {
    const seen = `${showCount(Math.round(attempted + dropped))} of ${showCount(Math.round(planned))}`;
    return { ...known, doubt: `the load generator came to ${seen} planned records ${where}` };
  }
  if (late > attempted * LATE_MAX) {
    const share = `${Number(((late / attempted) * 100).toFixed(1))} %`;
    return { ...known, doubt: `the load generator was late with ${share} of its records ${where}` };
  }
  return { ...known, doubt: null };
}
