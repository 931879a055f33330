import { ms, type Span } from '../../core/time.ts';
import type { StagePlan } from '../../record/plan.ts';

/**
 * How the slots of a timetable are dealt out over lanes: a few in a row to each lane, round and
 * round. One by one, a rate of 2 000/s over six lanes would be 2 000 requests a second of one
 * record each, since what is due between two looks at the timetable would be spread over all lanes.
 * In rows of what is due in a few milliseconds the same load is some 400 requests, as a client that
 * batches sends it: half the work for brokers and client, on a machine that has to run them both.
 *
 *   lanes 3, row 2     slot   0 1 │ 2 3 │ 4 5 │ 6 7 │ …
 *                      lane    0  │  1  │  2  │  0  │ …
 */
export interface Deal {
  readonly lanes: number;
  /** How many slots in a row go to one lane. */
  readonly row: number;
}

/** A row holds about what is due in this time at the highest rate of the timetable … */
export const ROW_SPAN: Span = ms(8);

/**
 * … or less, so that each lane has its turn this often: an outage of a partition is measured by the
 * attempts on it.
 */
export const TURN_SPAN: Span = ms(50);

/** Deals the slots of one worker of several. */
export function dealOf(stages: readonly StagePlan[], lanes: number, workers: number): Deal {
  const highest = Math.max(0, ...stages.flatMap(({ fromRate, toRate }) => [fromRate, toRate]));
  const span = Math.min(ROW_SPAN, TURN_SPAN / lanes);
  return { lanes, row: Math.max(1, Math.floor((highest / workers) * (span / 1_000))) };
}

/** The lane of a slot. */
export const laneOf = ({ lanes, row }: Deal, slot: number): number =>
  Math.floor(slot / row) % lanes;

/** How many of the slots before this one are the lane's. */
export function countBefore({ lanes, row }: Deal, lane: number, slot: number): number {
  const round = lanes * row;
  const begun = (slot % round) - lane * row;
  return Math.floor(slot / round) * row + Math.min(Math.max(begun, 0), row);
}

/** The lane's nth slot, counted from 0. */
export const nthSlot = ({ lanes, row }: Deal, lane: number, nth: number): number =>
  (Math.floor(nth / row) * lanes + lane) * row + (nth % row);
