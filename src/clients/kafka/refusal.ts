import { HighwaterError, isHighwaterError } from '../../core/errors.ts';

/** Kafka's name of the error that a broker answered with; undefined when it did not answer. */
export function answeredError(thrown: unknown): string | undefined {
  const error = isHighwaterError(thrown, 'CLIENT_FAILED') ? thrown.facts['error'] : undefined;
  return typeof error === 'string' ? error : undefined;
}

/** The error of a call that a broker refused by one of Kafka's errors, with what it said of it. */
export const refused = (what: string, error: string, cause?: unknown): HighwaterError =>
  new HighwaterError('CLIENT_FAILED', `${what}: ${error}${saidIn(cause)}`, {
    facts: { error },
    cause,
  });

/** The words of the broker, of one error or the first of several; empty when it had none. */
function saidIn(cause: unknown): string {
  const { errors = [cause] } = (cause ?? {}) as { readonly errors?: readonly unknown[] };
  const said = errors.map((each) => (each as { serverErrorMessage?: unknown })?.serverErrorMessage);
  const words = said.find((each) => typeof each === 'string' && each !== '');
  return words === undefined ? '' : ` (${words as string})`;
}
