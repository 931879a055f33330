import { describe, expect, it } from 'vitest';
import type { RunResult } from '../checkers/result.ts';
import { exampleRun } from './example/example-run.ts';
import { verdictJson } from './verdict-json.ts';

describe('verdictJson', () => {
  it('gives back what it was given', () => {
    const { result } = exampleRun('fail');
    expect(JSON.parse(verdictJson(result))).toEqual(result);
  });

  it('gives the same bytes whatever the order of the keys', () => {
    const { result } = exampleRun('fail');
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, each]) => [key, key === 'spec' ? each : reversed(each)]),
            )
          : value;
    expect(verdictJson(reversed(result) as RunResult)).toBe(verdictJson(result));
  });
});
