import { describe, expect, it } from 'vitest';
import { HighwaterError } from '../../src/core/errors.ts';
import { notPassed, outcomes, runInline } from './support/run-inline.ts';

describe('leader down on the memory environment', () => {
  it('is green without sabotage, every check looked at something', async () => {
    const run = await runInline();
    expect(notPassed(run)).toEqual([]);
    expect(run.result.exit).toBe(0);
    for (const { claim, looked } of run.result.verdicts)
      expect(looked.at, claim).toBeGreaterThan(0);
    expect(Object.keys(outcomes(run))).toContain('load-was-real');
  });

  it('is green as a control run, without the claims about faults', async () => {
    const run = await runInline({ control: true });
    expect(notPassed(run)).toEqual([]);
    expect(Object.keys(outcomes(run))).not.toContain('failover-within');
    expect(Object.keys(outcomes(run))).not.toContain('faults-bit-and-healed');
  });

  it('is inconclusive when the kill does nothing', async () => {
    const run = await runInline({ memory: { sabotage: { killDoesNothing: true } } });
    expect(run.result.outcome).toBe('inconclusive');
    expect(run.result.exit).toBe(2);
    expect(outcomes(run)['faults-bit-and-healed']).toBe('inconclusive');
    expect(outcomes(run)['failover-within']).toBe('inconclusive');
  });

  it('is inconclusive when the load generator cannot keep up', async () => {
    const run = await runInline({ throttle: 100 });
    expect(run.result.exit).toBe(2);
    expect(outcomes(run)['load-was-real']).toBe('inconclusive');
  });

  it('is inconclusive, as a suspect, when the failover is faster than Kafka can be', async () => {
    const run = await runInline({ sabotage: { act: 'failoverTooFast' } });
    expect(run.result.exit).toBe(2);
    expect(outcomes(run)['failover-within']).toBe('inconclusive');
  });

  it('is inconclusive when something is left behind', async () => {
    const run = await runInline({ memory: { sabotage: { forgetsToStop: ['broker-2'] } } });
    expect(run.result.exit).toBe(2);
    expect(outcomes(run)['nothing-left-behind']).toBe('inconclusive');
  });

  it('judges what there is when it is interrupted, and exits with 130', async () => {
    const interrupt = new AbortController();
    setImmediate(() => interrupt.abort(new HighwaterError('INTERRUPTED', 'test')));
    const run = await runInline({ interrupt: interrupt.signal });
    expect(run.result.exit).toBe(130);
    expect(run.record.cleanup?.leftovers).toEqual([]);
  });
});
