import { describe, expect, it } from 'vitest';
import { overridesOf } from './overrides.ts';

describe('--set', () => {
  it('replaces keys of a system, numbers and booleans as such', () => {
    const set = ['kafka.version=3.9.1', 'kafka.brokers=5', 'kafka.combined=true'];
    expect(overridesOf(set)).toEqual({ kafka: { version: '3.9.1', brokers: 5, combined: true } });
  });

  it('says what it expects', () => {
    expect(() => overridesOf(['version=3.9.1'])).toThrow(
      '--set "version=3.9.1": expected <system>.<key>=<value>',
    );
  });
});
