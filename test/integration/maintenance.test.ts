import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lagDrained } from '../../src/checkers/lag-drained.ts';
import { noDuplicates } from '../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../src/checkers/no-loss.ts';
import { ordered } from '../../src/checkers/order.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { minutes, seconds } from '../../src/core/time.ts';
import { perSecond } from '../../src/core/units.ts';
import { composition, environmentNamed } from '../../src/registry.ts';
import { conduct } from '../../src/scenario/conduct.ts';
import {
  alterConfig,
  electPreferred,
  rollingRestart,
} from '../../src/scenario/suite/change-builders.ts';
import type { Scenario } from '../../src/scenario/suite/scenario.ts';
import { produceConsume } from '../../src/workloads/produce-consume/builder.ts';

const out = mkdtempSync(join(tmpdir(), 'highwater-maintenance-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const maintained: Scenario = {
  name: 'maintained, short',
  claim: 'Nothing acknowledged is lost, doubled or out of order while a cluster is maintained.',
  topology: {
    // Leaders go home when they are told, or there would be nothing left to elect.
    kafka: { brokers: 3, config: { 'auto.leader.rebalance.enable': false } },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders' }),
  warmUp: seconds(3),
  load: [{ rate: perSecond(500), for: seconds(10) }],
  timeline: [
    {
      id: 'restart',
      at: seconds(3),
      change: rollingRestart({ nodes: ['broker-1', 'broker-2'] }),
      limit: minutes(4),
    },
    {
      id: 'settings',
      after: 'restart',
      change: alterConfig({ role: 'broker' }, { 'num.io.threads': 4 }),
    },
    { id: 'home', after: 'settings', change: electPreferred('orders') },
  ],
  checks: [noLoss(), noDuplicates(), ordered(), lagDrained({ within: seconds(30) })],
};

describe('real brokers under load', () => {
  it('are restarted one after the other, set anew, and led by those that are preferred', async () => {
    await using environment = environmentNamed('local', {});
    const never = new AbortController().signal;
    const { result, record } = await conduct(maintained, composition, {
      environment,
      seed: 'maintained',
      profile: 'fast',
      control: false,
      suite: 'test/integration',
      out,
      progress: silentProgress,
      signal: never,
      interrupt: never,
    });
    const broken = result.verdicts.filter(({ outcome }) => outcome !== 'pass');
    expect(broken.map(({ claim, because }) => `${claim}: ${because}`)).toEqual([]);
    const ends = record.events.flatMap((event) =>
      event.kind === 'change' && event.act === 'end' ? [event] : [],
    );
    expect(ends.map(({ step, took }) => [step, took])).toEqual([
      ['restart', true],
      ['settings', true],
      ['home', true],
    ]);
    const lives = record.events.flatMap((event) =>
      event.kind === 'node' && event.state === 'up' ? [event.node] : [],
    );
    const two = ['broker-1', 'broker-2'];
    expect(lives.filter((node) => node.startsWith('broker-')).toSorted()).toEqual(
      [...two, ...two, 'broker-3'].toSorted(),
    );
  });
});
