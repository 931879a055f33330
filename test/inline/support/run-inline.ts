import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failoverWithin } from '../../../src/checkers/failover-within.ts';
import { lagDrained } from '../../../src/checkers/lag-drained.ts';
import { noDuplicates } from '../../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../../src/checkers/no-loss.ts';
import { noStrangers } from '../../../src/checkers/no-strangers.ts';
import { ordered } from '../../../src/checkers/order.ts';
import { silentProgress } from '../../../src/core/progress.ts';
import { seconds } from '../../../src/core/time.ts';
import { perSecond } from '../../../src/core/units.ts';
import {
  type MemoryOptions,
  memoryEnvironment,
} from '../../../src/environments/memory/memory-environment.ts';
import { compose } from '../../../src/registry.ts';
import type { Composition } from '../../../src/scenario/composition.ts';
import { type Conducted, type ConductOptions, conduct } from '../../../src/scenario/conduct.ts';
import { down, leaderOf } from '../../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../../src/scenario/suite/scenario.ts';
import type { Sabotage } from '../../../src/systems/simlog/saboteur/sabotage.ts';
import { produceConsume } from '../../../src/workloads/produce-consume/builder.ts';

/** The leader-down scenario at a rate that keeps a simulated minute short. */
export const leaderDown: Scenario = {
  name: 'leader down',
  claim: 'No acknowledged record is lost, writes resume within 10 s, lag is drained within 30 s.',
  topology: {
    kafka: { brokers: 3 },
    topics: { orders: { partitions: 3, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders' }),
  warmUp: seconds(2),
  load: [{ rate: perSecond(300), for: seconds(40) }],
  timeline: [{ at: seconds(10), fault: down(leaderOf('orders', 0)), hold: seconds(12) }],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(10)),
    lagDrained({ within: seconds(30) }),
  ],
};

export interface InlineOptions
  extends Partial<Pick<ConductOptions, 'control' | 'throttle' | 'interrupt' | 'signal'>> {
  readonly sabotage?: Sabotage;
  readonly memory?: MemoryOptions;
  readonly scenario?: Scenario;
  /** Makes other parts of the ones that users get. */
  readonly recompose?: (composition: Composition) => Composition;
}

/** Runs a scenario on the memory environment, in a folder of its own that is deleted afterwards. */
export async function runInline(options: InlineOptions = {}): Promise<Conducted> {
  const out = mkdtempSync(join(tmpdir(), 'highwater-inline-'));
  await using environment = memoryEnvironment(options.memory ?? {});
  try {
    const never = new AbortController().signal;
    const composition = compose(options.sabotage);
    const recomposed = options.recompose?.(composition) ?? composition;
    return await conduct(options.scenario ?? leaderDown, recomposed, {
      environment,
      seed: 'inline',
      profile: 'fast',
      control: options.control ?? false,
      suite: 'test/inline',
      out,
      progress: silentProgress,
      signal: options.signal ?? never,
      interrupt: options.interrupt ?? never,
      ...(options.throttle === undefined ? {} : { throttle: options.throttle }),
    });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Outcome by claim: { 'no-loss': 'pass', … }. */
export const outcomes = ({ result }: Conducted): Record<string, string> =>
  Object.fromEntries(result.verdicts.map(({ claim, outcome }) => [claim, outcome]));

/** Claims that did not pass, with why: for messages of failed tests. */
export const notPassed = ({ result }: Conducted): string[] =>
  result.verdicts
    .filter(({ outcome }) => outcome !== 'pass')
    .map(({ claim, outcome, because }) => `${claim} ${outcome}: ${because}`);
