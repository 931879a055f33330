import { invariant } from '../core/errors.ts';
import { type Instant, instant } from '../core/time.ts';
import type { StagePlan } from '../record/plan.ts';
import type { Schedule } from './schedule.ts';

/**
 * Stages become an absolute timetable. The integral of the planned rate counts the records that are
 * owed by a moment; slot i is due when the integral comes to i, so slot 0 is due at once and a load
 * of 2 000/s for 10 s has the slots 0 … 19 999. A slot that a pause would swallow (the integral
 * stands at i all through it) is due at the pause's end.
 *
 * Where a stage begins on the axis of slots is whole-number arithmetic: rates are taken to a
 * thousandth of a record a second and spans to a microsecond, so no rounding adds up over stages.
 */

/**
 * Units of the integral in one record: (1/1000 records/s) × (1 µs), and halves for the mean of a
 * ramp.
 */
const UNITS_PER_RECORD = 2_000_000_000n;

interface Piece {
  /** Milliseconds from the start of the load. */
  readonly from: number;
  readonly span: number;
  /** First slot that is due in this stage, and the first one after it. */
  readonly firstSlot: number;
  readonly endSlot: number;
  /**
   * How far the integral has already come beyond a whole record when the stage begins, in [0, 1).
   */
  readonly begun: number;
  /** The whole part of the integral when the stage begins. */
  readonly whole: number;
  /** Records a millisecond, at the start and at the end. */
  readonly fromRate: number;
  readonly toRate: number;
}

/** Makes the timetable of these stages. Pure. */
export function scheduleOf(stages: readonly StagePlan[]): Schedule {
  const pieces: Piece[] = [];
  let integral = 0n;
  let micros = 0n;
  for (const stage of stages) {
    const { fromMilli, toMilli, spanMicros } = wholeNumbersOf(stage);
    const before = integral;
    integral += (fromMilli + toMilli) * spanMicros;
    const piece: Piece = {
      from: Number(micros) / 1_000,
      span: Number(spanMicros) / 1_000,
      firstSlot: firstSlotAt(before),
      endSlot: firstSlotAt(integral),
      begun: Number(before % UNITS_PER_RECORD) / Number(UNITS_PER_RECORD),
      whole: Number(before / UNITS_PER_RECORD),
      fromRate: Number(fromMilli) / 1e6,
      toRate: Number(toMilli) / 1e6,
    };
    if (piece.endSlot > piece.firstSlot) pieces.push(piece);
    micros += spanMicros;
  }
  return timetable(pieces, firstSlotAt(integral), instant(Number(micros) / 1_000));
}

function wholeNumbersOf(stage: StagePlan): Record<'fromMilli' | 'toMilli' | 'spanMicros', bigint> {
  for (const [name, value] of Object.entries(stage)) {
    invariant(Number.isFinite(value) && value >= 0, `a stage has ${name} ${value}`);
  }
  return {
    fromMilli: BigInt(Math.round(stage.fromRate * 1_000)),
    toMilli: BigInt(Math.round(stage.toRate * 1_000)),
    spanMicros: BigInt(Math.round(stage.forMs * 1_000)),
  };
}

/** The first slot that is due at or after the moment at which the integral stands here. */
const firstSlotAt = (integral: bigint): number =>
  Number((integral + UNITS_PER_RECORD - 1n) / UNITS_PER_RECORD);

function timetable(pieces: readonly Piece[], slots: number, ends: Instant): Schedule {
  const due = (slot: number): Instant => {
    invariant(Number.isInteger(slot) && slot >= 0 && slot < slots, `no slot ${slot} of ${slots}`);
    const piece = pieces[lastIndex(pieces, (one) => one.firstSlot <= slot)] as Piece;
    return dueIn(piece, slot);
  };
  const dueBy = (at: Instant): number => {
    const piece = pieces[lastIndex(pieces, (one) => one.from <= at)];
    if (piece === undefined) return 0;
    // The formula may be off by one through rounding; `due` has the last word.
    let count = Math.floor(integralAt(piece, at)) + 1;
    count = Math.min(Math.max(count, piece.firstSlot), piece.endSlot);
    while (count < piece.endSlot && dueIn(piece, count) <= at) count += 1;
    while (count > piece.firstSlot && dueIn(piece, count - 1) > at) count -= 1;
    return count;
  };
  const whole = { slots, ends, due, dueBy };
  return { ...whole, share: (part, of) => shareOf(whole, part, of) };
}

/**
 * Solves integral(t) = slot inside one stage, in the form that stays exact when the rates are
 * close.
 */
function dueIn(piece: Piece, slot: number): Instant {
  const { fromRate, toRate, span } = piece;
  const wanted = slot - piece.whole - piece.begun;
  if (wanted <= 0) return instant(piece.from);
  const discriminant = fromRate * fromRate + (2 * (toRate - fromRate) * wanted) / span;
  const into = (2 * wanted) / (fromRate + Math.sqrt(Math.max(0, discriminant)));
  return instant(piece.from + Math.min(into, span));
}

/** The integral at a moment, the stages before included. */
function integralAt(piece: Piece, at: number): number {
  const into = Math.min(Math.max(at - piece.from, 0), piece.span);
  const slope = (piece.toRate - piece.fromRate) / piece.span;
  return piece.whole + piece.begun + piece.fromRate * into + (slope * into * into) / 2;
}

/** Index of the last piece that passes; pieces that pass come first. −1 when none does. */
function lastIndex(pieces: readonly Piece[], passes: (piece: Piece) => boolean): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(pieces[middle] as Piece)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function shareOf(whole: Omit<Schedule, 'share'>, part: number, of: number): Schedule {
  invariant(Number.isInteger(of) && part >= 0 && part < of, `no part ${part} of ${of}`);
  const upTo = (count: number): number => Math.max(0, Math.ceil((count - part) / of));
  const mine = {
    slots: upTo(whole.slots),
    ends: whole.ends,
    due: (slot: number) => whole.due(part + slot * of),
    dueBy: (at: Instant) => upTo(whole.dueBy(at)),
  };
  return { ...mine, share: (inner, innerOf) => shareOf(mine, inner, innerOf) };
}
