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

/** Merges what several checks or runs found: broken over cannot tell over holds. */
export type Outcome = 'pass' | 'fail' | 'inconclusive';
export const mergeOutcomes = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.includes('fail')
    ? 'fail'
    : outcomes.includes('inconclusive') || outcomes.length === 0
      ? 'inconclusive'
      : 'pass';
