import type { JsonObject } from './json.ts';

/** What an error of an operation said, in plain data. */
export interface ErrorFacts {
  /** The protocol's or the platform's name: NOT_LEADER_OR_FOLLOWER, ECONNREFUSED. */
  readonly name: string;
  readonly message: string;
  readonly facts?: JsonObject;
}

/** What was learnt from one attempt: it happened, it certainly did not, or it may have. */
export type Completion<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'fail'; readonly error: ErrorFacts }
  | { readonly kind: 'unknown'; readonly error: ErrorFacts };

/** What a check found: the claim holds, is broken, or cannot be told from what was looked at. */
export type Outcome = 'pass' | 'fail' | 'inconclusive';

/** Merges what several checks or runs found: broken over cannot tell over holds. */
export function mergeOutcomes(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('fail')) return 'fail';
  // Nothing looked at tells nothing.
  if (outcomes.includes('inconclusive') || outcomes.length === 0) return 'inconclusive';
  return 'pass';
}
