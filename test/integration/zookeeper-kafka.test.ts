import { mkdtempSync, rmSync } from 'node:fs';
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
import { composition, environmentNamed } from '../../src/registry.ts';
import { conduct } from '../../src/scenario/conduct.ts';
import { crash, down, leaderOf, zookeeperLeader } from '../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../src/scenario/suite/scenario.ts';
import { produceConsume } from '../../src/workloads/produce-consume/builder.ts';

const out = mkdtempSync(join(tmpdir(), 'highwater-zookeeper-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const never = new AbortController().signal;

/**
 * One run in ZooKeeper mode. The leader of the ensemble goes down, which brokers with a session may
 * not notice; then the leader of a partition, whose session has to expire first; and it is started
 * again at once, while its old session would still turn it away.
 */
const onZooKeeper: Scenario = {
  name: 'leaders of the ensemble and of a partition go down',
  claim: 'No acknowledged record is lost, writes resume within 15 s, and lag is drained in 30 s.',
  topology: {
    kafka: { version: '3.9.1', mode: 'zookeeper' },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders' }),
  warmUp: seconds(3),
  load: [{ rate: perSecond(500), for: seconds(24) }],
  timeline: [
    { at: seconds(3), fault: down(zookeeperLeader()), hold: seconds(3) },
    { at: seconds(11), fault: crash(leaderOf('orders', 0)), hold: seconds(0.5) },
  ],
  checks: [
    noLoss(),
    noDuplicates(),
    ordered(),
    noStrangers(),
    failoverWithin(seconds(15)),
    lagDrained({ within: seconds(30) }),
  ],
};

describe('Kafka 3.9.1 in ZooKeeper mode', () => {
  it('gets over the loss of the leader of its ensemble, and of a partition', async () => {
    await using environment = environmentNamed('local', {});
    const { record, result } = await conduct(onZooKeeper, composition, {
      environment,
      seed: 'zookeeper',
      profile: 'fast',
      control: false,
      suite: 'test/integration',
      out,
      progress: silentProgress,
      signal: never,
      interrupt: never,
    });
    const why = [
      ...result.verdicts.map(({ claim, outcome, because }) => `${claim} ${outcome}: ${because}`),
      ...result.troubles,
    ].join('\n');
    expect(result.outcome, why).toBe('pass');
    const claims = result.verdicts.map(({ claim }) => claim);
    expect(claims).toContain('ensemble-agrees');

    // What the brokers have themselves, not what they were told (docs/decisions/0030).
    const timings = record.events.findLast((event) => event.kind === 'effective-config');
    expect(timings?.values).toMatchObject({
      'zookeeper.session.timeout.ms': '3000',
      'controller.socket.timeout.ms': '5000',
    });

    const faults = record.events.flatMap((event) => (event.kind === 'fault' ? [event] : []));
    const [ofEnsemble, ofPartition] = faults.filter(({ act }) => act === 'engage');
    expect(ofEnsemble?.targets.map((id) => id.replace(/\d$/, ''))).toEqual(['zookeeper-']);
    expect(ofEnsemble?.affected).toEqual([]);
    expect(ofPartition?.affected).toContainEqual({ topic: 'orders', partition: 0 });
    const [, healed] = faults.filter(({ act }) => act === 'confirm-heal');
    expect(healed?.seen).toMatch(/later, because session 0x\w+ still holds the registration/);

    const floor = result.verdicts
      .flatMap(({ measured }) => measured)
      .find(({ name }) => name === 'shortest failover that can be');
    expect(floor?.value).toBe(2_000);
  });
});
