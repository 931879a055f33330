import { describe, expect, it } from 'vitest';
import { parseSpec, timingsOf } from './spec.ts';

const specOf = (topology: unknown) => {
  const parsed = parseSpec(topology);
  if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
  return parsed.spec;
};

describe('the specification of a simulated log', () => {
  it('has a default for everything', () => {
    expect(specOf({})).toEqual({
      brokers: 3,
      sessionTimeoutMs: null,
      heartbeatIntervalMs: null,
      config: {},
      seed: 'simlog',
    });
  });

  it('takes session timings from the profile unless they are given', () => {
    expect(timingsOf(specOf({}), 'fast')).toEqual({ sessionMs: 3_000, heartbeatMs: 500 });
    expect(timingsOf(specOf({}), 'production')).toEqual({ sessionMs: 9_000, heartbeatMs: 2_000 });
    const own = specOf({ sessionTimeoutMs: 300 });
    expect(timingsOf(own, 'fast')).toEqual({ sessionMs: 300, heartbeatMs: 300 });
  });

  it('tells every problem at once, with what was expected and what was got', () => {
    expect(
      parseSpec({
        brokers: 0,
        sessionTimeoutMs: 'long',
        config: { 'log.dirs': 1 },
        seed: 7,
        replicas: 3,
      }),
    ).toEqual({
      problems: [
        'simlog.replicas: no such key; expected one of brokers, sessionTimeoutMs, ' +
          'heartbeatIntervalMs, config, seed',
        'simlog.brokers: expected a whole number from 1 to 100, got 0 (number)',
        'simlog.sessionTimeoutMs: expected a whole number from 1 to 3600000, got "long" (string)',
        'simlog.config["log.dirs"]: expected a string, got 1 (number)',
        'simlog.seed: expected a string, got 7 (number)',
      ],
    });
    expect(parseSpec([])).toEqual({ problems: ['simlog: expected an object, got [] (array)'] });
    expect(parseSpec({ sessionTimeoutMs: 100, heartbeatIntervalMs: 200 })).toEqual({
      problems: ['simlog.heartbeatIntervalMs: expected at most sessionTimeoutMs 100, got 200'],
    });
  });
});
