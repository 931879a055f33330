import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/core/time.ts';
import { showPartition } from '../../src/record/names.ts';
import type { Sut } from '../../src/systems/system.ts';
import { readValues } from '../integration/support/read-values.ts';
import { type RunningKafka, runKafka } from '../integration/support/running-kafka.ts';
import {
  acknowledgedAt,
  longestGap,
  type SteadySends,
  sendSteadily,
} from '../integration/support/steady-sends.ts';

const partitionsOf = (topic: string) =>
  [0, 1, 2, 3, 4, 5].map((partition) => ({ topic, partition }));
/** Three replicas: every partition waits until the dead broker is out of its ISR. */
const ORDERS = partitionsOf('orders');
/** One replica: only those of the dead broker can be affected. */
const SOLO = partitionsOf('solo');

/** Waits until no partition of the topic is led by the node; gives the time of that look. */
async function leadershipMoved(kafka: RunningKafka, away: string): Promise<number> {
  await kafka.until('leadership moved', async () => {
    const now = await kafka.sut.leadership(['orders'], kafka.signal);
    return now.every(({ leader }) => leader !== null && leader !== away);
  });
  return performance.now();
}

/** Acknowledged is in the log, failed is not, and what was acknowledged is in order. */
async function expectTrueOutcomes(sut: Sut, sends: SteadySends, signal: AbortSignal) {
  for (const of of [...ORDERS, ...SOLO]) {
    const inLog = (await readValues(sut, of, signal)).map(Number);
    const present = new Set(inLog);
    const acknowledged = sends.of(of).filter(({ kind }) => kind === 'ok');
    const failed = sends.of(of).filter(({ kind }) => kind === 'fail');
    const lost = acknowledged.filter(({ sequence }) => !present.has(sequence));
    const appeared = failed.filter(({ sequence }) => present.has(sequence));
    expect([showPartition(of), lost, appeared]).toEqual([showPartition(of), [], []]);
    const known = new Set(acknowledged.map(({ sequence }) => sequence));
    const inOrder = inLog.filter((sequence) => known.has(sequence));
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  }
}

describe.each(['4.3.1', '3.9.1'])('the leader of a partition of Kafka %s is killed', (version) => {
  it('and sends go on where they can, and come back where they cannot', async () => {
    await using kafka = await runKafka({ version });
    const { sut, signal, until } = kafka;
    await kafka.create([
      { name: 'orders', partitions: 6, replication: 3, minInSync: 2 },
      { name: 'solo', partitions: 6, replication: 1, minInSync: 1 },
    ]);
    const options = { acks: 'all', idempotent: false, requestTimeout: seconds(8) } as const;
    await using producer = await sut.clients('load').producer(options, signal);
    const sends = sendSteadily(producer, [...ORDERS, ...SOLO]);
    await until('load runs', () => {
      return [...ORDERS, ...SOLO].every((of) => acknowledgedAt(sends.of(of)).length >= 20);
    });

    const before = await sut.leadership(['orders', 'solo'], signal);
    const victim = (await sut.leaderOf({ topic: 'orders', partition: 0 }, signal)) ?? '';
    const node = sut.nodes.find(({ id }) => id === victim);
    const killed = performance.now();
    await node?.control('process')?.kill('SIGKILL');
    await until('the victim is silent', async () => !(await sut.answers(victim, signal)));
    const moved = await leadershipMoved(kafka, victim);
    await until('every partition with replicas is written to again', () => {
      return ORDERS.every((of) => acknowledgedAt(sends.of(of)).some((time) => time > moved));
    });
    const recovered = performance.now();

    const led = (topic: string, byVictim: boolean) =>
      before.filter((each) => each.topic === topic && (each.leader === victim) === byVictim);
    for (const of of led('solo', false)) {
      // Less than the session of a broker: these never waited for anybody to be fenced.
      const gap = longestGap(acknowledgedAt(sends.of(of)), killed, moved);
      expect([showPartition(of), gap < 2_500]).toEqual([showPartition(of), true]);
    }
    const back = led('orders', true).map((of) => {
      const first = acknowledgedAt(sends.of(of)).find((time) => time > killed + 500);
      return (first ?? Number.POSITIVE_INFINITY) - moved;
    });
    expect(Math.max(...back)).toBeLessThan(2_000);
    console.log(
      `Kafka ${version}: leadership moved ${Math.round(moved - killed)} ms after SIGKILL, sends to` +
        ` the victim's partitions came back ${back.map(Math.round)} ms after that was seen,` +
        ` all others by ${Math.round(recovered - moved)} ms`,
    );

    await node?.control('process')?.start(signal);
    await until('the victim answers as itself', () => sut.answers(victim, signal));
    await until('the cluster is whole', async () => (await sut.readiness.look(signal)).ready);
    await until('the lone replicas of the victim are written to again', () => {
      const healed = performance.now() - 1_000;
      return led('solo', true).every((of) => {
        return acknowledgedAt(sends.of(of)).some((time) => time > healed);
      });
    });
    await sends.stop();
    await expectTrueOutcomes(sut, sends, signal);
  });
});
