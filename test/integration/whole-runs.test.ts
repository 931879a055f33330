import { cpSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noDuplicates } from '../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../src/checkers/no-loss.ts';
import { noStrangers } from '../../src/checkers/no-strangers.ts';
import { ordered } from '../../src/checkers/order.ts';
import { seconds } from '../../src/core/time.ts';
import { composition } from '../../src/registry.ts';
import { judgeRun } from '../../src/scenario/judge-run.ts';
import { down, leaderOf } from '../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../src/scenario/suite/scenario.ts';
import { produceConsume } from '../../src/workloads/produce-consume/builder.ts';
import { leaderDown, out, outcomes, runReal, why } from './support/whole-run.ts';

/**
 * Whole runs on real brokers, each short: one that holds, and one that is broken for the right
 * reason. Those that cannot tell take longer and are in test/nightly. The colours of the verdict
 * are the product; each is seen on Kafka.
 */
/** What an unreplicated topic with acks=1 promises when the disk of its leader dies: nothing. */
const wiped: Scenario = {
  ...leaderDown,
  name: 'leader down and wiped, one copy',
  topology: { kafka: { brokers: 3 }, topics: { orders: { partitions: 3, replication: 1 } } },
  workload: produceConsume({ topic: 'orders', acks: 'leader' }),
  timeline: [
    {
      at: seconds(5),
      fault: down(leaderOf('orders', 0), {
        wipe: { topic: 'orders', partition: 0 },
        lastCopy: true,
      }),
      hold: seconds(5),
    },
  ],
  checks: [noLoss(), noDuplicates(), ordered(), noStrangers()],
};

describe('whole runs on three real brokers', () => {
  it('holds when a leader goes down, judges to the same bytes again, and cannot tell from half a history', async () => {
    const run = await runReal(leaderDown);
    expect(run.result.outcome, why(run)).toBe('pass');
    expect(run.result.exit, why(run)).toBe(0);
    expect(run.record.cleanup?.leftovers).toEqual([]);

    const again = judgeRun(run.directory, composition);
    expect(JSON.stringify(again.result)).toBe(JSON.stringify(run.result));

    const copy = join(out, 'cut-short');
    cpSync(run.directory, copy, { recursive: true });
    const history = join(copy, 'history.ndjson');
    truncateSync(history, Math.floor(statSync(history).size * 0.7));
    const cut = judgeRun(copy, composition);
    expect(cut.result.exit, why(cut)).toBe(2);
    expect(cut.record.breaks.length).toBeGreaterThan(0);
  });

  it('is broken when the only copy of a partition is wiped: LOST, with the sequence numbers and the dumps', async () => {
    const run = await runReal(wiped);
    expect(outcomes(run)['no-loss'], why(run)).toBe('fail');
    expect(run.result.exit, why(run)).toBe(1);
    const lost = run.result.verdicts.find(({ claim }) => claim === 'no-loss')?.anomalies ?? [];
    expect(lost.map(({ code }) => code)).toContain('LOST');
    expect(lost[0]?.text).toMatch(/\d+–\d+|\d+\.\.\d+|\d+-\d+/);
    const dumps = run.record.events.flatMap((event) =>
      event.kind === 'suspects' ? event.replicas.map(({ dump }) => dump) : [],
    );
    expect(dumps.length).toBeGreaterThan(0);
    expect(readFileSync(join(run.directory, dumps[0] as string), 'utf8')).not.toBe('');
  });
});
