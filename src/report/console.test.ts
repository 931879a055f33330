import { describe, expect, it } from 'vitest';
import type { RunResult } from '../checkers/result.ts';
import { consoleSummary } from './console.ts';
import { exampleRun } from './example/example-run.ts';

const { record } = exampleRun('pass');

const show = (
  result: RunResult,
  stream: { isTTY?: boolean; columns?: number } = {},
  env: Record<string, string> = {},
): string =>
  consoleSummary(record, result, {
    directory: `/home/me/project/reports/${result.run}`,
    cwd: '/home/me/project',
    stream,
    env,
  });

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('consoleSummary', () => {
  it('shows a broken claim with its witnesses, and the standing checks on one line', () => {
    expect(show(exampleRun('fail').result)).toMatchInlineSnapshot(`
      "
      the leader of a partition goes down under steady load
      No acknowledged record is lost, writes resume within 15 s, and lag is drained
      within 60 s of the heal.
      local · kafka 4.3.1 · fast profile · seed 1f3a
      run 2026-05-04T0312-leader-down-1f3a · 1 m 18 s

      ✗ BROKEN no-loss: no acknowledged record is lost
          64 of 117 312 acknowledged records are in no replica of their partition
          acknowledged 117 312 records · lost 64 records (must be none)
          - LOST orders-0: sequence numbers 5520–5523 of session p0 were acknowledged
            and are absent from the segments of all three replicas
          - LOST orders-3: sequence numbers 5560–5563 of session p0 were acknowledged
            and are absent from the segments of all three replicas
          - LOST orders-0: sequence numbers 5600–5603 of session p0 were acknowledged
            and are absent from the segments of all three replicas
          - LOST orders-3: sequence numbers 5640–5643 of session p0 were acknowledged
            and are absent from the segments of all three replicas
          - LOST orders-0: sequence numbers 5680–5683 of session p0 were acknowledged
            and are absent from the segments of all three replicas
          … and 11 more in verdict.json

      ✓ holds failover-within: writes to every affected partition resume within
          15 s
          the longest outage, of orders-0, took between 3.97 s and 3.98 s
          longest outage 3.98 s (must be at most 15 s) · partitions affected 2

      ✓ holds lag-drained: the lag of every partition is drained within 60 s of
          the last heal
          the last partition was drained 2.31 s after the heal
          drained after 2.31 s (must be at most 1 m) · largest lag 4 046 records

      ✓ holds standing checks: load-was-real, faults-took, nothing-left-behind,
          no-fatal-logs

      ✗ BROKEN (exit 1): of 7 claims 1 is broken (no-loss)

      report  reports/2026-05-04T0312-leader-down-1f3a/report.html
      again   npx highwater analyze reports/2026-05-04T0312-leader-down-1f3a
      "
    `);
  });

  it('shows every standing check when one of them does not hold', () => {
    const { result } = exampleRun('pass');
    const verdicts = result.verdicts.map((verdict) =>
      verdict.claim === 'load-was-real'
        ? { ...verdict, outcome: 'inconclusive' as const }
        : verdict,
    );
    const text = show({ ...result, verdicts, outcome: 'inconclusive', exit: 2 });
    expect(text).toContain('? INCONCLUSIVE load-was-real: the load ran at its planned rate');
    expect(text).toContain('✓ holds nothing-left-behind: nothing is left of the run');
    expect(text).not.toContain('standing checks:');
  });

  it('tells troubles, a starved host and what an unusual exit code means', () => {
    const { result } = exampleRun('inconclusive');
    const text = show({
      ...result,
      exit: 130,
      verdicts: [],
      troubles: ['load: stopped by Ctrl-C after 12 s'],
    });
    expect(text).toContain('! The host was starved: the event loop was late by 412 ms (p99)');
    expect(text).toContain('! Trouble: load: stopped by Ctrl-C after 12 s');
    expect(text).toContain('? INCONCLUSIVE (exit 130, interrupted): no claim was judged');
  });

  it('fits 80 columns, and a narrow terminal but for its paths', () => {
    expect(widest(show(exampleRun('fail').result))).toBeLessThanOrEqual(80);
    const narrow = show(exampleRun('fail').result, { columns: 44 });
    expect(widest(narrow.split('\nreport')[0] ?? '')).toBeLessThanOrEqual(44);
  });

  it('colours only when told, and colour changes nothing but colour', () => {
    const { result } = exampleRun('inconclusive');
    const coloured = show(result, { isTTY: true });
    expect(coloured).toContain('\u001b[33m? INCONCLUSIVE');
    expect(coloured.replace(/\u001b\[\d+m/gu, '')).toBe(show(result));
  });

  it('does not let a witness write to the terminal', () => {
    const { result } = exampleRun('fail');
    const [first, ...others] = result.verdicts;
    if (first === undefined) throw new Error('the example has no verdict');
    const anomalies = [{ code: 'CORRUPT', where: 'orders-0', text: 'value \u001b]0;pwned\u0007' }];
    expect(show({ ...result, verdicts: [{ ...first, anomalies }, ...others] })).toContain(
      'value \\u001b]0;pwned\\u0007',
    );
  });

  it('gives a path outside the working directory as it is, quoted for a shell', () => {
    const { result } = exampleRun('pass');
    const text = consoleSummary(record, result, {
      directory: '/tmp/my runs/x',
      cwd: '/home',
      stream: {},
    });
    expect(text).toContain("npx highwater analyze '/tmp/my runs/x'");
  });
});
