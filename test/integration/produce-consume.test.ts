import { describe, expect, it } from 'vitest';
import { realClock } from '../../src/core/clock.ts';
import { seconds } from '../../src/core/time.ts';
import type { WorkerJob } from '../../src/load/pool.ts';
import { hearing } from '../../src/load/testing/hearing.ts';
import { threadPool } from '../../src/load/thread-pool.ts';
import type { EventBody } from '../../src/record/events.ts';
import { type DeliveryDelta, mergeDeltas } from '../../src/record/ledger.ts';
import type { TopicPlan } from '../../src/record/plan.ts';
import { countRanges, subtractRanges } from '../../src/record/range-set.ts';
import { parseParams } from '../../src/workloads/produce-consume/params.ts';
import { produceConsumeWorkload } from '../../src/workloads/produce-consume/workload.ts';
import { type RunningKafka, runKafka } from './support/running-kafka.ts';

const RUN = 'load-test';
const TOPICS: readonly TopicPlan[] = [
  { name: 'orders', partitions: 6, replication: 3, minInSync: 2, config: {} },
];
const RATE = 2_000;
const LOAD_SECONDS = 10;
const WARM_UP_SECONDS = 3;

function paramsOf(options: object) {
  const parsed = parseParams({ topic: 'orders', ...options }, TOPICS);
  if ('problems' in parsed) throw new Error(parsed.problems.join('; '));
  return parsed.params;
}

/** Warm-up and load in worker threads as a run has them, then the final reads. */
async function play(kafka: RunningKafka) {
  const clock = realClock();
  // Long enough that a busy machine alone makes no outcome unknown.
  const params = paramsOf({ requestTimeoutMs: 8_000 });
  const common: Omit<WorkerJob, 'role' | 'session' | 'part'> = {
    run: RUN,
    view: kafka.sut.view('load'),
    workload: { name: produceConsumeWorkload.name, params },
    topics: TOPICS,
    stages: [{ fromRate: RATE, toRate: RATE, forMs: (WARM_UP_SECONDS + LOAD_SECONDS) * 1_000 }],
    of: 1,
    clockOrigin: null,
    inFlightMax: 256,
    lingerMs: seconds(10),
    throttle: null,
  };
  const heard = hearing();
  await using pool = threadPool({
    jobs: [
      { ...common, role: 'send', session: 'p0', part: 0 },
      { ...common, role: 'receive', session: 'c0', part: 0 },
    ],
    tells: heard.tells,
    clock,
    worker: new URL('../../src/worker.ts', import.meta.url),
  });
  await pool.open(kafka.signal);
  pool.start();
  await clock.sleep(seconds(WARM_UP_SECONDS));
  pool.window('baseline');
  await Promise.race([pool.finished(), pool.failed]);
  await kafka.until('all acknowledged records consumed', () => {
    return heard.countOf('consumed') >= heard.countOf('acknowledged');
  });
  await pool.endReceiver();

  const events: EventBody[] = [];
  const deltas: DeliveryDelta[] = [...heard.deltas];
  await produceConsumeWorkload.finalReads({
    run: RUN,
    params,
    topics: TOPICS,
    sut: kafka.sut,
    recorder: {
      event: (body) => events.push(body),
      samples: () => {},
      deliveries: (more) => deltas.push(...more),
    },
    clock,
    signal: kafka.signal,
    progress: () => {},
    attempted: mergeDeltas(heard.deltas).deliveries.map(({ session, topic, partition, fates }) => ({
      session,
      topic,
      partition,
      upTo: fates.attempted.at(-1)?.[1] ?? -1,
    })),
  });
  return { heard, events, ledger: mergeDeltas(deltas) };
}

describe('produce-consume on three brokers', () => {
  it('sends 2 000 records a second on time, and finds every acknowledged one in the log', async () => {
    await using kafka = await runKafka({ version: '4.3.1' });
    await kafka.create(TOPICS);
    const { heard, events, ledger } = await play(kafka);

    const figures = heard.events.filter((event) => event.kind === 'latency');
    console.log(
      figures.map(({ window, from, count, p50, p99, max }) => {
        return `${window} ${from}: ${count} records, p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`;
      }),
      heard.totals(),
    );
    const totals = heard.totals();
    expect(totals?.due).toBe(RATE * (WARM_UP_SECONDS + LOAD_SECONDS));
    expect(totals?.acknowledged).toBe(totals?.attempted);
    // While clients connect a lane can be full for a moment; not once the warm-up is over.
    expect(totals?.attempted).toBeGreaterThan(RATE * LOAD_SECONDS);

    expect(ledger.deliveries).toHaveLength(6);
    for (const { fates } of ledger.deliveries) {
      expect(countRanges(fates.acknowledged)).toBeGreaterThan(RATE);
      expect(subtractRanges(fates.acknowledged, fates['in-log'])).toEqual([]);
      expect(subtractRanges(fates['in-log'], fates.attempted)).toEqual([]);
      expect(fates.consumed).toEqual(fates['in-log']);
      expect(fates['in-log-again']).toEqual([]);
      expect(fates['in-log-out-of-order']).toEqual([]);
    }
    expect(ledger.strangers).toEqual([]);
    expect(events).toHaveLength(6);
    for (const event of events) {
      expect(event).toMatchObject({ kind: 'final-offsets', trouble: null, logStart: '0' });
      if (event.kind === 'final-offsets') expect(event.position).toBe(event.highWatermark);
    }
  });
});
