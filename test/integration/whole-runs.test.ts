import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { failoverWithin } from '../../src/checkers/failover-within.ts';
import { lagDrained } from '../../src/checkers/lag-drained.ts';
import { noDuplicates } from '../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../src/checkers/no-loss.ts';
import { noStrangers } from '../../src/checkers/no-strangers.ts';
import { ordered } from '../../src/checkers/order.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { seconds } from '../../src/core/time.ts';
import { perSecond } from '../../src/core/units.ts';
import type { Environment } from '../../src/environments/environment.ts';
import type { Node } from '../../src/environments/node.ts';
import { composition, environmentNamed } from '../../src/registry.ts';
import { down, leaderOf } from '../../src/scenario/builders.ts';
import { type Conducted, conduct } from '../../src/scenario/conduct.ts';
import { judgeRun } from '../../src/scenario/judge-run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { produceConsume } from '../../src/workloads/produce-consume/builder.ts';

/**
 * Whole runs on real brokers, each short: one that holds, one that is broken for the right reason,
 * and those that cannot tell. The colours of the verdict are the product; here each is seen on
 * Kafka.
 */
const out = mkdtempSync(join(tmpdir(), 'highwater-whole-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const leaderDown: Scenario = {
  name: 'leader down, short',
  claim: 'No acknowledged record is lost, writes resume within 15 s, lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders' }),
  warmUp: seconds(3),
  load: [{ rate: perSecond(500), for: seconds(24) }],
  timeline: [{ at: seconds(5), fault: down(leaderOf('orders', 0)), hold: seconds(8) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(15)),
    lagDrained({ within: seconds(30) }),
  ],
};

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

const never = new AbortController().signal;

async function runReal(
  scenario: Scenario,
  options: { environment?: (real: Environment) => Environment; throttle?: number } = {},
): Promise<Conducted> {
  await using environment = environmentNamed('local', {});
  return await conduct(scenario, composition, {
    environment: options.environment?.(environment) ?? environment,
    seed: 'whole',
    profile: 'fast',
    control: false,
    suite: 'test/integration',
    out,
    progress: silentProgress,
    signal: never,
    interrupt: never,
    ...(options.throttle === undefined ? {} : { throttle: options.throttle }),
  });
}

/** The same machine, but SIGKILL is never sent. */
function harmless(real: Environment): Environment {
  const spared = (node: Node): Node => ({
    id: node.id,
    role: node.role,
    spec: node.spec,
    logFile: node.logFile,
    look: (signal) => node.look(signal),
    control: (kind) => {
      const control = node.control(kind);
      if (kind !== 'process' || control === undefined) return control;
      return { ...control, kill: async () => {} };
    },
  });
  return {
    ...real,
    launch: async (nodes, book, run) => (await real.launch(nodes, book, run)).map(spared),
    [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
  };
}

const outcomes = ({ result }: Pick<Conducted, 'result'>): Record<string, string> =>
  Object.fromEntries(result.verdicts.map(({ claim, outcome }) => [claim, outcome]));
const why = ({ result }: Pick<Conducted, 'result'>): string =>
  [
    ...result.verdicts.map(({ claim, outcome, because }) => `${claim} ${outcome}: ${because}`),
    ...result.troubles,
  ].join('\n');

describe('whole runs on three real brokers', () => {
  it('holds when a leader goes down, judges to the same bytes again, and cannot tell from half a history', async () => {
    const run = await runReal(leaderDown);
    expect(run.result.outcome, why(run)).toBe('pass');
    expect(run.result.exit).toBe(0);
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
    expect(run.result.exit).toBe(1);
    const lost = run.result.verdicts.find(({ claim }) => claim === 'no-loss')?.anomalies ?? [];
    expect(lost.map(({ code }) => code)).toContain('LOST');
    expect(lost[0]?.text).toMatch(/\d+–\d+|\d+\.\.\d+|\d+-\d+/);
    const dumps = run.record.events.flatMap((event) =>
      event.kind === 'suspects' ? event.replicas.map(({ dump }) => dump) : [],
    );
    expect(dumps.length).toBeGreaterThan(0);
    expect(readFileSync(join(run.directory, dumps[0] as string), 'utf8')).not.toBe('');
  });

  it('cannot tell when the kill was never sent', async () => {
    const run = await runReal(leaderDown, { environment: harmless });
    expect(outcomes(run)['faults-bit-and-healed'], why(run)).toBe('inconclusive');
    expect(outcomes(run)['failover-within']).toBe('inconclusive');
    expect(run.result.exit).toBe(2);
  });

  it('cannot tell when the load generator did not keep up', async () => {
    const run = await runReal(leaderDown, { throttle: 100 });
    expect(outcomes(run)['load-was-real'], why(run)).toBe('inconclusive');
    expect(run.result.exit).toBe(2);
  });
});
