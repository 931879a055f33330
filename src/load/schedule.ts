import type { Instant } from '../core/time.ts';

/** An absolute timetable: slot i is due at a fixed time, whatever happened to the slots before. */
export interface Schedule {
  readonly slots: number;
  /** When the timetable is over: the end of its last stage, which may be a pause. */
  readonly ends: Instant;
  /** When a slot is due, from the start of the load. */
  due(slot: number): Instant;
  /** How many slots are due at or before this time. */
  dueBy(at: Instant): number;
  /** Every `of`-th slot from `part` on: the shares of all parts are the whole, exactly. */
  share(part: number, of: number): Schedule;
}
