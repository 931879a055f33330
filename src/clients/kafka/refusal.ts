import { HighwaterError, isHighwaterError } from '../../core/errors.ts';

/** Kafka's name of the error that a broker answered with; undefined when it did not answer. */
export function answeredError(thrown: unknown): string | undefined {
  const error = isHighwaterError(thrown, 'CLIENT_FAILED') ? thrown.facts['error'] : undefined;
  return typeof error === 'string' ? error : undefined;
}

/** The error of a call that a broker refused by one of Kafka's errors. */
export const refused = (what: string, error: string, cause?: unknown): HighwaterError =>
  new HighwaterError('CLIENT_FAILED', `${what}: ${error}`, { facts: { error }, cause });
