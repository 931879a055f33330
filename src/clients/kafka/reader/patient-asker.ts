import type { Clock } from '../../../core/clock.ts';
import { HighwaterError, messageOf } from '../../../core/errors.ts';
import { type Span, spanBetween } from '../../../core/time.ts';
import { showSpan } from '../../../core/units.ts';
import { showPartition, type TopicPartition } from '../../../record/names.ts';
import type { Leader, Leaders } from './leaders.ts';
import { PassingTrouble } from './protocol-errors.ts';

/** What an asker works with. */
export interface AskerOptions {
  readonly leaders: Leaders;
  readonly clock: Clock;
  readonly patience: Span;
  readonly retryEvery: Span;
  readonly signal: AbortSignal;
}

/** Puts a question to the leader of one partition, whoever that is by now. */
export type Ask = <T>(
  what: string,
  question: (leader: Leader, signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/**
 * Makes the asker of one read. After passing trouble it looks the leader up and asks again, until
 * there is an answer, the signal aborts, or the patience for this one question is at its end.
 */
export function patientAsker(of: TopicPartition, options: AskerOptions): Ask {
  const { leaders, clock, patience, retryEvery, signal } = options;
  let leader: Leader | undefined;

  return async (what, question) => {
    const since = clock.now();
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        leader ??= await leaders.find(of, signal);
        return await question(leader, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof PassingTrouble)) throw thrown;
        const seen = messageOf(thrown) + (leader === undefined ? '' : `, broker ${leader.node}`);
        leader = undefined;
        if (spanBetween(since, clock.now()) >= patience) {
          throw new HighwaterError(
            'CLIENT_FAILED',
            `${showPartition(of)}: ${what} got no answer in ${showSpan(patience)}: ` +
              `last seen "${seen}" (${tries} tries)`,
            { facts: { ...of, tries, lastSeen: seen }, cause: thrown },
          );
        }
        await clock.sleep(retryEvery, signal);
      }
    }
  };
}
