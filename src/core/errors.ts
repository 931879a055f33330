import { inspect } from 'node:util';
import type { JsonObject } from './json.ts';

/** What a process ends with; of many scenarios the first in the order 130, 70, 1, 2, 3, 4 wins. */
export const EXIT = {
  holds: 0,
  broken: 1,
  inconclusive: 2,
  notReady: 3,
  refused: 4,
  bug: 70,
  interrupted: 130,
} as const;
/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const EXIT_OF_CODE = {
  USAGE: EXIT.refused,
  SCENARIO_INVALID: EXIT.refused,
  PLAN_IMPOSSIBLE: EXIT.refused,
  TARGET_REFUSED: EXIT.refused,
  RUN_UNREADABLE: EXIT.refused,
  ENV_NOT_READY: EXIT.notReady,
  WAIT_TIMEOUT: EXIT.notReady,
  NODE_DIED: EXIT.notReady,
  CLIENT_FAILED: EXIT.notReady,
  DISK_FULL: EXIT.notReady,
  FAULT_FAILED: EXIT.inconclusive,
  CHANGE_FAILED: EXIT.inconclusive,
  FAULT_INEFFECTIVE: EXIT.inconclusive,
  LOAD_FAILED: EXIT.inconclusive,
  INTERRUPTED: EXIT.interrupted,
  BUG: EXIT.bug,
} as const satisfies Record<string, ExitCode>;
/** Every way in which highwater itself can fail, as a closed set; each has one exit code. */
export type ErrorCode = keyof typeof EXIT_OF_CODE;

const MARK = Symbol.for('highwater.error');

/**
 * The one error class: a one-line message (what was attempted, how it ended, what was seen), a
 * stable code, plain facts, and a hint that says what to do.
 */
export class HighwaterError extends Error {
  readonly [MARK] = true;
  readonly code: ErrorCode;
  readonly facts: JsonObject;
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { facts?: JsonObject; hint?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HighwaterError';
    this.code = code;
    this.facts = options.facts ?? {};
    this.hint = options.hint;
  }

  /** The exit code that this error asks for when nothing worse happened. */
  get exit(): ExitCode {
    return EXIT_OF_CODE[this.code];
  }
}

/** Tells whether a thrown value is one of ours, across copies of the package. */
export const isHighwaterError = (thrown: unknown, code?: ErrorCode): thrown is HighwaterError =>
  thrown instanceof Error &&
  (thrown as { [MARK]?: true })[MARK] === true &&
  (code === undefined || (thrown as HighwaterError).code === code);

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** Throws a BUG error when a condition that only a mistake of ours can break does not hold. */
export function invariant(condition: unknown, text: string): asserts condition {
  if (!condition) throw new HighwaterError('BUG', `bug in highwater: ${text}`);
}

/** Ends a switch over a closed set. */
export function assertNever(value: never): never {
  throw new HighwaterError('BUG', `bug in highwater: unexpected ${inspect(value)}`);
}
