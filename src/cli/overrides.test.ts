import { describe, expect, it } from 'vitest';
import { overridesOf } from './overrides.ts';

describe('--set', () => {
  it('replaces keys of a system, numbers and booleans as such', () => {
    const set = ['kafka.version=3.9.1', 'kafka.brokers=5', 'kafka.combined=true'];
    expect(overridesOf(set)).toEqual({ kafka: { version: '3.9.1', brokers: 5, combined: true } });
  });

  it('reaches keys inside of one, with all of their dots', () => {
    const set = ['kafka.zookeeper.version=3.8.6', 'kafka.config.log.retention.ms=60000'];
    expect(overridesOf([...set, 'kafka.config.compression.type=zstd'])).toEqual({
      kafka: {
        zookeeper: { version: '3.8.6' },
        config: { 'log.retention.ms': 60_000, 'compression.type': 'zstd' },
      },
    });
  });

  it('says what it expects', () => {
    expect(() => overridesOf(['version=3.9.1'])).toThrow(
      '--set "version=3.9.1": expected <system>.<key>=<value>',
    );
  });
});
