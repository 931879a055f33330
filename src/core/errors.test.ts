import { describe, expect, it } from 'vitest';
import {
  assertNever,
  EXIT,
  HighwaterError,
  invariant,
  isHighwaterError,
  messageOf,
} from './errors.ts';
import { mergeOutcomes } from './outcome.ts';

describe('HighwaterError', () => {
  it('carries code, facts, hint, cause and the exit code it asks for', () => {
    const cause = new Error('below');
    const error = new HighwaterError('ENV_NOT_READY', 'no Java', {
      facts: { seen: null },
      hint: 'install one',
      cause,
    });
    expect(error).toMatchObject({
      name: 'HighwaterError',
      code: 'ENV_NOT_READY',
      message: 'no Java',
      facts: { seen: null },
      hint: 'install one',
      exit: EXIT.notReady,
    });
    expect(error.cause).toBe(cause);
    expect('cause' in new HighwaterError('BUG', 'x')).toBe(false);
  });

  it('is known by its mark and code, also when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), {
      [Symbol.for('highwater.error')]: true,
      code: 'USAGE',
    });
    expect(isHighwaterError(foreign)).toBe(true);
    expect(isHighwaterError(foreign, 'USAGE')).toBe(true);
    expect(isHighwaterError(foreign, 'BUG')).toBe(false);
    expect(isHighwaterError(new Error('x'))).toBe(false);
    expect(isHighwaterError({ code: 'USAGE' })).toBe(false);
    expect(isHighwaterError(undefined)).toBe(false);
  });
});

describe('helpers of errors', () => {
  it('give a message for whatever was thrown', () => {
    expect(messageOf(new Error('one'))).toBe('one');
    expect(messageOf('two')).toBe('two');
    expect(messageOf(undefined)).toBe('undefined');
  });

  it('throw a BUG error when what only a mistake of ours breaks is broken', () => {
    expect(() => invariant(1 + 1 === 2, 'sums')).not.toThrow();
    expect(() => invariant(false, 'sums')).toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: bug in highwater: sums]`,
    );
    expect(() => assertNever('x' as never)).toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: bug in highwater: unexpected 'x']`,
    );
    expect(() => assertNever(1n as never)).toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: bug in highwater: unexpected 1n]`,
    );
  });
});

describe('mergeOutcomes', () => {
  it('puts broken over cannot tell over holds, and cannot tell of nothing', () => {
    expect(mergeOutcomes(['pass', 'pass'])).toBe('pass');
    expect(mergeOutcomes(['pass', 'inconclusive'])).toBe('inconclusive');
    expect(mergeOutcomes(['inconclusive', 'fail', 'pass'])).toBe('fail');
    expect(mergeOutcomes([])).toBe('inconclusive');
  });
});
