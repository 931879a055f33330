/**
 * Short whole runs on real brokers, in a folder of their own that is deleted afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { failoverWithin } from '../../../src/checkers/failover-within.ts';
import { lagDrained } from '../../../src/checkers/lag-drained.ts';
import { noDuplicates } from '../../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../../src/checkers/no-loss.ts';
import { noStrangers } from '../../../src/checkers/no-strangers.ts';
import { ordered } from '../../../src/checkers/order.ts';
import { silentProgress } from '../../../src/core/progress.ts';
import { seconds } from '../../../src/core/time.ts';
import { perSecond } from '../../../src/core/units.ts';
import type { Environment } from '../../../src/environments/environment.ts';
import { composition, environmentNamed } from '../../../src/registry.ts';
import { type Conducted, conduct } from '../../../src/scenario/conduct.ts';
import { down, leaderOf } from '../../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../../src/scenario/suite/scenario.ts';
import { produceConsume } from '../../../src/workloads/produce-consume/builder.ts';

export const out = mkdtempSync(join(tmpdir(), 'highwater-whole-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

export const leaderDown: Scenario = {
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

const never = new AbortController().signal;

export async function runReal(
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

export const outcomes = ({ result }: Pick<Conducted, 'result'>): Record<string, string> =>
  Object.fromEntries(result.verdicts.map(({ claim, outcome }) => [claim, outcome]));
export const why = ({ result }: Pick<Conducted, 'result'>): string =>
  [
    ...result.verdicts.map(({ claim, outcome, because }) => `${claim} ${outcome}: ${because}`),
    ...result.troubles,
  ].join('\n');
