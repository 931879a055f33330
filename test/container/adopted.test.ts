import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaContainer, type StartedKafkaContainer } from '@testcontainers/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lagDrained } from '../../src/checkers/lag-drained.ts';
import { noDuplicates } from '../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../src/checkers/no-loss.ts';
import { ordered } from '../../src/checkers/order.ts';
import { throughputAtLeast } from '../../src/checkers/throughput-at-least.ts';
import { seconds } from '../../src/core/time.ts';
import { perSecond } from '../../src/core/units.ts';
import { findEngine } from '../../src/environments/container/engine.ts';
import { hasReaper } from '../../src/environments/container/reaper.ts';
import { down, leaderOf, pause } from '../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../src/scenario/suite/scenario.ts';
import { checkKafkaContainer } from '../../src/testcontainers.ts';
import { produceConsume } from '../../src/workloads/produce-consume/builder.ts';
import { provideImages } from './support/kafka-images.ts';

/** A Kafka of @testcontainers/kafka that a test has, as the system under test. */
const out = mkdtempSync(join(tmpdir(), 'highwater-adopted-'));
let kafka: StartedKafkaContainer | undefined;
const started = (): StartedKafkaContainer => {
  if (kafka === undefined) throw new Error('no container was started');
  return kafka;
};
beforeAll(async () => {
  await provideImages({ software: 'cp-kafka', version: '7.9.1' });
  // testcontainers would pull it; without a registry nothing could be started.
  if (!(await hasReaper(await findEngine()))) process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  kafka = await new KafkaContainer('highwater/cp-kafka:7.9.1').withKraft().start();
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(out, { recursive: true });
});

const paused: Scenario = {
  name: 'a broker of testcontainers stands still for a while',
  claim: 'Nothing that was acknowledged is lost, doubled or out of order.',
  topology: {
    kafka: { version: '3.9.1', brokers: 1, combined: true },
    topics: { orders: { partitions: 2, replication: 1 } },
  },
  workload: produceConsume({ topic: 'orders' }),
  warmUp: seconds(3),
  load: [{ rate: perSecond(200), for: seconds(20) }],
  timeline: [{ at: seconds(5), fault: pause(leaderOf('orders', 0)), hold: seconds(3) }],
  checks: [noLoss(), noDuplicates(), ordered(), lagDrained({ within: seconds(20) })],
};

describe('a container that was adopted', () => {
  it('is loaded, paused and judged, and is up afterwards', async () => {
    const result = await checkKafkaContainer(started(), paused, { out });
    const said = result.verdicts.map(({ claim, because }) => `${claim}: ${because}`).join('\n');
    expect(result.outcome, said).toBe('pass');
    const { exitCode } = await started().exec(['true']);
    expect(exitCode).toBe(0);
  });

  it('that does not keep a promise is broken', async () => {
    const promised = throughputAtLeast({ rate: perSecond(199), during: ['disturb'] });
    const scenario = { ...paused, topology: topicNamed('payments'), checks: [promised] };
    const workload = produceConsume({ topic: 'payments' });
    const timeline = [{ at: seconds(5), fault: pause(leaderOf('payments', 0)), hold: seconds(6) }];
    const result = await checkKafkaContainer(
      started(),
      { ...scenario, workload, timeline },
      { out },
    );
    expect(result.outcome).toBe('fail');
  });

  it('is never ended: a fault that would is refused', async () => {
    const timeline = [{ at: seconds(5), fault: down(leaderOf('orders', 0)), hold: seconds(3) }];
    await expect(checkKafkaContainer(started(), { ...paused, timeline }, { out })).rejects.toThrow(
      /process\.kill/,
    );
  });
});

const topicNamed = (name: string): Scenario['topology'] => ({
  kafka: { version: '3.9.1', brokers: 1, combined: true },
  topics: { [name]: { partitions: 2, replication: 1 } },
});
