import type { RunEvent, WindowName } from './events.ts';

/** A stretch of time, from inclusive, to exclusive, in milliseconds since the origin of the run. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A window of the run; `to` is null when the record has no end of it. */
export interface Window {
  readonly window: WindowName;
  readonly from: number;
  readonly to: number | null;
}

/** All windows in order; a name may come more than once. */
export function windowsOf(events: readonly RunEvent[]): Window[] {
  const windows: { window: WindowName; from: number; to: number | null }[] = [];
  for (const event of events) {
    if (event.kind !== 'window') continue;
    if (event.state === 'begin') windows.push({ window: event.window, from: event.t, to: null });
    else {
      const open = windows.findLast(({ window, to }) => window === event.window && to === null);
      if (open !== undefined) open.to = event.t;
    }
  }
  return windows;
}

/** The closed windows of a name, as intervals that are longer than nothing. */
export const intervalsOf = (events: readonly RunEvent[], name: WindowName): Interval[] =>
  windowsOf(events).flatMap(({ window, from, to }) =>
    window === name && to !== null && to > from ? [{ from, to }] : [],
  );

/**
 * When the baseline began: the origin of the timetable's stages and of the timeline. Null before
 * that.
 */
export const baselineStart = (events: readonly RunEvent[]): number | null =>
  windowsOf(events).find(({ window }) => window === 'baseline')?.from ?? null;

/** When the load ended: the end of its last window, or of the phase; null when it did not. */
export function loadEnd(events: readonly RunEvent[]): number | null {
  const windows = windowsOf(events).filter(({ window }) => window !== 'warm-up');
  if (windows.length > 0 && windows.every(({ to }) => to !== null)) {
    return Math.max(...windows.map(({ to }) => to as number));
  }
  const phase = events.findLast(
    (event) => event.kind === 'phase' && event.phase === 'load' && event.state === 'end',
  );
  return phase?.t ?? null;
}
