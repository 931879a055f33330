import { HighwaterError, isHighwaterError } from '../core/errors.ts';
import { ms, type Span, seconds } from '../core/time.ts';
import { waitFor } from '../core/wait-for.ts';
import type { ChangeInput } from './change.ts';

/** An order to the system, and what is looked at until it is carried out. */
export interface Order<T> {
  readonly what: string;
  give(): Promise<void>;
  look(signal: AbortSignal): Promise<T>;
  until(seen: T): boolean;
  show(seen: T): string;
  /** Told of every look. */
  readonly onLook?: (seen: string) => void;
  readonly within?: Span;
}

const GIVEN_MAX = 3;

/**
 * Gives an order and looks until it is carried out. An order whose answer got lost is given again;
 * what the system refuses is thrown.
 */
export async function carryOut<T>(order: Order<T>, input: ChangeInput): Promise<T> {
  const { clock, signal } = input;
  const { what, look, show, until, onLook } = order;
  for (let given = 1; ; given += 1) {
    signal.throwIfAborted();
    try {
      await order.give();
      break;
    } catch (thrown) {
      if (wasRefused(thrown) || given === GIVEN_MAX) throw thrown;
      await clock.sleep(ms(500), signal);
    }
  }
  return await waitFor(
    { what, look, show },
    {
      clock,
      signal,
      within: order.within ?? seconds(60),
      every: ms(250),
      until,
      ...(onLook === undefined ? {} : { onLook }),
    },
  );
}

/** Answers that say no more than that it may be tried again. */
const RETRIABLE = ['REQUEST_TIMED_OUT', 'NOT_CONTROLLER', 'COORDINATOR_NOT_AVAILABLE'];

function wasRefused(thrown: unknown): boolean {
  if (!isHighwaterError(thrown)) return false;
  const { error } = thrown.facts as { error?: unknown };
  return thrown.code === 'BUG' || (typeof error === 'string' && !RETRIABLE.includes(error));
}

/** A change that cannot be carried out as the system is. */
export const cannot = (why: string, hint?: string): HighwaterError =>
  new HighwaterError('CHANGE_FAILED', why, hint === undefined ? {} : { hint });
