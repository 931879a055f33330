import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms } from '../core/time.ts';
import { Latencies } from './latency.ts';

describe('Latencies', () => {
  it('gives percentiles in milliseconds', () => {
    const latencies = new Latencies();
    for (let took = 1; took <= 100; took += 1) latencies.record('due', ms(took));
    const summary = latencies.summary('due');
    expect(summary.count).toBe(100);
    expect(summary.p50).toBeCloseTo(50, 0);
    expect(summary.p99).toBeCloseTo(99, 0);
    expect(summary.max).toBeCloseTo(100, 0);
  });

  it('keeps what is under a millisecond apart', () => {
    const latencies = new Latencies();
    latencies.record('lateness', ms(0.25));
    expect(latencies.summary('lateness').max).toBe(0.25);
  });

  it('counts a time before its start as zero and a time beyond an hour as an hour', () => {
    const latencies = new Latencies();
    latencies.record('send', ms(-3));
    latencies.record('send', ms(1e12));
    expect(latencies.summary('send').count).toBe(2);
    expect(latencies.summary('send').max / 3_600_000).toBeCloseTo(1, 2);
  });

  it('is empty again after a reset', () => {
    const latencies = new Latencies();
    latencies.record('due', ms(5), 7);
    latencies.reset();
    expect(latencies.summary('due')).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 });
    expect(latencies.encode()).toEqual({ due: null, send: null, lateness: null });
  });

  it('comes to the same whether one worker counted or several that were merged', () => {
    const took = fc.double({ min: 0, max: 60_000, noNaN: true });
    const counts = fc.array(fc.tuple(took, fc.integer({ min: 1, max: 1_000 }), fc.nat(2)));
    fc.assert(
      fc.property(counts, (rows) => {
        const whole = new Latencies();
        const parts = [new Latencies(), new Latencies(), new Latencies()];
        for (const [value, records, part] of rows) {
          whole.record('due', ms(value), records);
          parts[part]?.record('due', ms(value), records);
        }
        const merged = new Latencies();
        for (const part of parts) merged.merge(part.encode());
        expect(merged.summary('due')).toEqual(whole.summary('due'));
      }),
    );
  });
});
