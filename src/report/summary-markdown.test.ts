import { describe, expect, it } from 'vitest';
import { exampleRun } from './example/example-run.ts';
import { summaryMarkdown } from './summary-markdown.ts';

describe('summaryMarkdown', () => {
  it('shows the verdicts as a table, then the witnesses', () => {
    expect(summaryMarkdown(exampleRun('inconclusive').result)).toMatchInlineSnapshot(`
      "## ? INCONCLUSIVE: the leader of a partition goes down under steady load

      No acknowledged record is lost, writes resume within 15 s, and lag is drained within 60 s of the heal.

      run \`2026-05-04T0312-leader-down-1f3a\` · seed \`1f3a\` · local · kafka 4.3.1 · fast profile  
      exit 2 (it cannot be told whether the claims hold); of 7 claims 1 is inconclusive (failover-within)

      > The host was starved: the event loop was late by 412 ms (p99)  

      | verdict | claim | because | measured |
      | --- | --- | --- | --- |
      | ✓ holds | \`no-loss\` no acknowledged record is lost | all 117 312 acknowledged records are in the log | acknowledged 117 312 records<br>lost 0 records (must be none)<br>unknown 1 312 records |
      | ? INCONCLUSIVE | \`failover-within\` writes to every affected partition resume within 15 s | the host was starved: the event loop was late by 412 ms (p99), so times mean nothing | longest outage 3.98 s (must be at most 15 s)<br>partitions affected 2 |
      | ✓ holds | \`lag-drained\` the lag of every partition is drained within 60 s of the last heal | the last partition was drained 2.31 s after the heal | drained after 2.31 s (must be at most 1 m)<br>largest lag 4 046 records |
      | ✓ holds | \`load-was-real\` the load ran at its planned rate | 99.8 % of it was attempted | share of the planned rate 99.8 % |
      | ✓ holds | \`faults-took\` every fault bit and was healed | fault-1 was seen from two angles | share of the planned rate 99.8 % |
      | ✓ holds | \`nothing-left-behind\` nothing is left of the run | a census found nothing | share of the planned rate 99.8 % |
      | ✓ holds | \`no-fatal-logs\` no log holds a fatal signature | 812 lines were looked at | share of the planned rate 99.8 % |

      Judge it again, in the folder that holds the run directory: \`npx highwater analyze 2026-05-04T0312-leader-down-1f3a\`
      "
    `);
  });

  it('lists witnesses and says how many more there are', () => {
    const text = summaryMarkdown(exampleRun('fail').result);
    expect(text).toContain('**Witnesses of no-loss**');
    expect(text).toContain('- … and 6 more in verdict.json');
  });

  it('keeps markup in texts from becoming markup', () => {
    const { result } = exampleRun('fail');
    const text = summaryMarkdown({
      ...result,
      troubles: ['<img src=x> | [a](http://b) `c` @everyone\nsecond'],
    });
    expect(text).toContain('> &lt;img src=x> \\| \\[a\\](http://b) \\`c\\` @\u200beveryone second');
  });

  it('fits a pull-request comment even when every text is long', () => {
    const { result } = exampleRun('fail');
    const long = 'x'.repeat(5_000);
    const verdicts = result.verdicts.map((verdict) => ({
      ...verdict,
      because: long,
      anomalies: [...Array(500).keys()].map(() => ({ code: 'LOST', where: long, text: long })),
    }));
    expect(summaryMarkdown({ ...result, verdicts }).length).toBeLessThan(64_000);
  });
});
