import { claimsOf } from '../checkers/judge.ts';
import type { Composition } from './composition.ts';
import type { Planned } from './plan/plan.ts';

/** One promise that a planned run will be judged by: a claim of its suite, or a standing one. */
export interface Promised {
  readonly claim: string;
  readonly statement: string;
  readonly standing: boolean;
}

/**
 * Everything that the run will be judged by, in the order of its verdicts; known before it starts.
 */
export const promisesOf = (
  { plan }: Planned,
  { checkers }: Pick<Composition, 'checkers'>,
): readonly Promised[] => claimsOf(plan, checkers);
