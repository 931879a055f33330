import { ms, type Span } from '../../core/time.ts';
import type { Share, TargetRule } from '../../record/targets.ts';
import type { FaultRef, Step } from './scenario.ts';

/**
 * Members of the workload's consumer group: by name (`members('c0', 'c2')`), or a share that the
 * seed picks (`members('one')`).
 */
export function members(...which: readonly [Share] | readonly string[]): TargetRule {
  const [first] = which;
  return { members: which.length === 1 && isShare(first) ? first : [...which] };
}

const isShare = (which: string | undefined): which is Share =>
  which === 'one' || which === 'minority' || which === 'majority' || which === 'all';

const harm = (fault: string, target: TargetRule): FaultRef => ({ fault, target, params: {} });

/** They handle no records and go on sending heartbeats, so their partitions stand still. */
export const pauseMembers = (target: TargetRule): FaultRef => harm('member-pause', target);

/** Their handlers do not return, and no heartbeats are sent, until the hold is over. */
export const poisonMembers = (target: TargetRule): FaultRef => harm('member-poison', target);

/** They are gone without a word, and come back as new clients. */
export const crashMembers = (target: TargetRule): FaultRef => harm('member-crash', target);

/** They are closed in order, and come back; static members do not say goodbye. */
export const leaveMembers = (target: TargetRule): FaultRef => harm('member-leave', target);

/** How members come and go. */
export interface Churn {
  /** Who, each time anew; one that the seed picks unless told. */
  readonly target?: TargetRule;
  /** The first one leaves so long after the start of the baseline. */
  readonly from: Span;
  /** From one leaving to the next, or longer: a step begins when the one before is over. */
  readonly every: Span;
  /** How long each stays away. */
  readonly away: Span;
  readonly times: number;
}

/** Steps of a timeline in which members leave and come back, one step after the other. */
export const churn = ({ target = members('one'), from, every, away, times }: Churn): Step[] =>
  Array.from({ length: times }, (_, turn): Step => {
    const step = { id: `churn-${turn + 1}`, fault: leaveMembers(target), hold: away };
    if (turn === 0) return { at: from, ...step };
    return { after: `churn-${turn}`, plus: ms(Math.max(0, every - away)), ...step };
  });
