import type { WindowName } from '../../record/events.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { timetableOf } from '../../record/timetable.ts';
import { baselineStart, type Interval, intervalsOf } from '../../record/windows.ts';

/** A window that a checker judges. */
export interface JudgedWindow extends Interval {
  readonly name: WindowName;
}

/** A window that is shorter shows no rate, in ms. */
export const WINDOW_MIN = 1_000;

/** Windows of these names, cut to where the plan has load: the last one waits for completions. */
export function judgedWindows(record: RunRecord, names: readonly WindowName[]): JudgedWindow[] {
  const start = baselineStart(record.events);
  if (start === null) return [];
  const planned = start + timetableOf(record.plan.load).reduce((sum, { forMs }) => sum + forMs, 0);
  return names.flatMap((name) =>
    intervalsOf(record.events, name)
      .map(({ from, to }) => ({ name, from, to: Math.min(to, planned) }))
      .filter(({ from, to }) => to - from >= WINDOW_MIN),
  );
}

/** Names that a plan can have: without a timeline, all of the load is baseline. */
export const windowsOfPlan = (
  { plan }: RunRecord,
  names: readonly WindowName[],
): readonly WindowName[] =>
  plan.timeline.length > 0 ? names : names.filter((name) => name === 'baseline');

/** Which of these windows the record does not have, in words. */
export const missingWindows = (
  windows: readonly JudgedWindow[],
  names: readonly WindowName[],
): string[] =>
  names
    .filter((name) => !windows.some((window) => window.name === name))
    .map((name) => `no ${name} window of at least ${WINDOW_MIN / 1_000} s with planned load`);
