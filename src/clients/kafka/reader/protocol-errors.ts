import { HighwaterError } from '../../../core/errors.ts';

/** Error codes of the protocol that answers to our requests can carry. */
const NAMES: Readonly<Record<number, string>> = {
  [-1]: 'UNKNOWN_SERVER_ERROR',
  1: 'OFFSET_OUT_OF_RANGE',
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  8: 'BROKER_NOT_AVAILABLE',
  9: 'REPLICA_NOT_AVAILABLE',
  13: 'NETWORK_EXCEPTION',
  17: 'INVALID_TOPIC_EXCEPTION',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  35: 'UNSUPPORTED_VERSION',
  43: 'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  56: 'KAFKA_STORAGE_ERROR',
  70: 'FETCH_SESSION_ID_NOT_FOUND',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
  76: 'UNSUPPORTED_COMPRESSION_TYPE',
  78: 'OFFSET_NOT_AVAILABLE',
};

/** The protocol's name of an error code. */
export const errorName = (code: number): string => NAMES[code] ?? `error code ${code}`;

/** A leader has moved, is not known yet, or is not ready: look up the leader anew and ask again. */
const PASSING = new Set([-1, 3, 5, 6, 7, 8, 9, 13, 56, 74, 75, 78]);
/** Tells whether asking again may help. */
export const isPassing = (code: number): boolean => PASSING.has(code);

/** A failure after which the reader looks up the leader and asks again, until its patience ends. */
export class PassingTrouble extends Error {
  override readonly name = 'PassingTrouble';
}

/** The error for an answer's code: passing trouble, or the end. */
export const answerError = (code: number, what: string): Error =>
  isPassing(code)
    ? new PassingTrouble(`${what}: ${errorName(code)}`)
    : new HighwaterError('CLIENT_FAILED', `${what}: ${errorName(code)}`, {
        facts: { error: errorName(code), code },
      });
