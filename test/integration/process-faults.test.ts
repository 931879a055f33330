import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noDuplicates } from '../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../src/checkers/no-loss.ts';
import { ordered } from '../../src/checkers/order.ts';
import { silentProgress } from '../../src/core/progress.ts';
import { seconds } from '../../src/core/time.ts';
import { perSecond } from '../../src/core/units.ts';
import { composition, environmentNamed } from '../../src/registry.ts';
import { type Conducted, conduct } from '../../src/scenario/conduct.ts';
import { leaderOf, pause, restart, stop } from '../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../src/scenario/suite/scenario.ts';
import { produceConsume } from '../../src/workloads/produce-consume/builder.ts';

const out = mkdtempSync(join(tmpdir(), 'highwater-process-faults-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const leader = leaderOf('orders', 0);

/** One fault after the other, each when the one before was healed and seen to be. */
const composed: Scenario = {
  name: 'paused, stopped, restarted',
  claim: 'Nothing that was acknowledged is lost, whatever is done to the leader.',
  topology: {
    kafka: { brokers: 3 },
    topics: { orders: { partitions: 3, replication: 3, minInSync: 2 } },
  },
  // Its consumer would stand still whenever the coordinator of its group is the one that is hurt.
  workload: produceConsume({ topic: 'orders', group: false }),
  warmUp: seconds(2),
  load: [{ rate: perSecond(300), for: seconds(16) }],
  timeline: [
    { id: 'paused', at: seconds(3), fault: pause(leader), hold: seconds(5) },
    { id: 'stopped', after: 'paused', fault: stop(leader), hold: seconds(2) },
    { after: 'stopped', fault: restart(leader, { hard: true }), hold: seconds(2) },
  ],
  checks: [noLoss(), noDuplicates(), ordered()],
};

const why = ({ result }: Conducted): string =>
  [
    ...result.verdicts.map(({ claim, outcome, because }) => `${claim} ${outcome}: ${because}`),
    ...result.troubles,
  ].join('\n');

describe('faults on processes of real brokers', () => {
  it('bite one after the other, are healed, and nothing is lost', async () => {
    const never = new AbortController().signal;
    await using environment = environmentNamed('local', {});
    const run = await conduct(composed, composition, {
      environment,
      seed: 'process-faults',
      profile: 'fast',
      control: false,
      suite: 'test/integration',
      out,
      progress: silentProgress,
      signal: never,
      interrupt: never,
    });
    expect(run.result.outcome, why(run)).toBe('pass');
    expect(run.record.cleanup?.leftovers).toEqual([]);
    const confirms = run.record.events.flatMap((event) =>
      event.kind === 'fault' && event.act === 'confirm' ? [event] : [],
    );
    expect(confirms.map(({ seen }) => seen)).toEqual([
      expect.stringMatching(/^stopped, and no answer at its address: broker-\d$/),
      expect.stringMatching(/^ended by SIGTERM, and leads no partition any more: broker-\d$/),
      expect.stringMatching(/^broker-\d was \d+:\d+ and is \d+:\d+$/),
    ]);
    // Its own log says the same of the stop: it asked to go, and was let go.
    const [, stopped] = confirms;
    const log = readFileSync(join(run.directory, 'logs', `${stopped?.targets[0]}.log`), 'utf8');
    expect(log).toMatch(/controlled shutdown/i);
    // And so do those who sent to it.
    const clients = readFileSync(join(run.directory, 'clients.log'), 'utf8');
    expect(clients).toMatch(/^\S+Z ERROR p\d+ \S.*ECONNREFUSED/m);
  });
});
