import { describe, expect, it } from 'vitest';
import { exampleRun } from './example/example-run.ts';
import { capped, showMeasurement, showSystem, showValue, summarise, witnessesOf } from './words.ts';

describe('showValue', () => {
  it('says each unit as a person would', () => {
    expect([
      showValue({ value: 3_980, unit: 'ms' }),
      showValue({ value: 1, unit: 'records' }),
      showValue({ value: 117_312, unit: 'records' }),
      showValue({ value: 1_999.96, unit: 'records/s' }),
      showValue({ value: 0.998, unit: 'share' }),
      showValue({ value: 12, unit: 'count' }),
    ]).toEqual(['3.98 s', '1 record', '117 312 records', '2 000/s', '99.8 %', '12']);
  });

  it('adds what the value must be when it is part of the claim', () => {
    const measurement = { name: 'lost', value: 0, unit: 'records', bound: 'none' } as const;
    expect(showMeasurement(measurement)).toBe('lost 0 records (must be none)');
  });
});

describe('summarise', () => {
  it('names what is broken and what is inconclusive, and counts the claims', () => {
    expect(summarise(exampleRun('pass').result.verdicts)).toBe('all 7 claims hold');
    expect(summarise(exampleRun('fail').result.verdicts)).toBe('of 7 claims 1 is broken (no-loss)');
    expect(summarise(exampleRun('inconclusive').result.verdicts)).toBe(
      'of 7 claims 1 is inconclusive (failover-within)',
    );
  });

  it('never makes zero verdicts sound green', () => {
    expect(summarise([])).toBe('no claim was judged');
  });
});

describe('showSystem', () => {
  it('gives the version when the spec names one', () => {
    expect(showSystem({ kind: 'kafka', spec: { version: '4.3.1' } })).toBe('kafka 4.3.1');
    expect(showSystem({ kind: 'simlog', spec: {} })).toBe('simlog');
  });
});

describe('witnessesOf', () => {
  it('leaves out what the reason says already', () => {
    const [verdict] = exampleRun('fail').result.verdicts;
    if (verdict === undefined) throw new Error('the example has no verdict');
    const because = `64 are lost: ${verdict.anomalies[0]?.text}`;
    expect(witnessesOf({ ...verdict, because })).toEqual(verdict.anomalies.slice(1));
  });
});

describe('capped', () => {
  it('says how many were left out', () => {
    expect(capped([1, 2, 3], 2)).toEqual({ shown: [1, 2], more: 1 });
  });
});
