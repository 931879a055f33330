import { realClock } from '../../src/core/clock.ts';
import type { Completion } from '../../src/core/outcome.ts';
import { ms, seconds } from '../../src/core/time.ts';
import { Latencies } from '../../src/load/latency.ts';
import { scheduleOf } from '../../src/load/stages-to-schedule.ts';
import { dealOf } from '../../src/load/worker/deal.ts';
import { Driver, WAKE_EVERY } from '../../src/load/worker/driver.ts';
import { Tally } from '../../src/load/worker/tally.ts';
import type { Sender } from '../../src/workloads/workload.ts';
import { type Figure, median, p99 } from './figure.ts';

const RATE = 20_000;
const LANES = 6;
const TURNS = 5;

/** How one stretch of load is played. */
export interface LoadBench {
  readonly forMs: number;
  /** Attempts of the bare loop. */
  readonly bare: number;
}

/**
 * What the open-loop driver costs and how late it is, with a sender that does nothing: against a
 * loop that only calls that sender, and against a timer of the same length in the same process.
 */
export async function loadFigures(
  { forMs, bare }: LoadBench = { forMs: 10_000, bare: 2_000_000 },
): Promise<readonly Figure[]> {
  const turns: { late: number; timer: number; cpu: number }[] = [];
  // In turns, so that what else the machine does hits both alike.
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { lateness, cpuPerRecord } = await drive(forMs / TURNS);
    const timer = await timerLateness(forMs / TURNS);
    turns.push({ late: lateness, timer, cpu: cpuPerRecord });
  }
  const middle = (pick: 'late' | 'timer' | 'cpu'): number =>
    median(turns.map((turn) => turn[pick]));
  const loop = await bareLoop(bare);
  return [
    {
      part: 'load',
      what: `lateness of records at ${RATE}/s, p99`,
      value: middle('late'),
      unit: 'ms',
      against: {
        what: `lateness of a bare timer of ${WAKE_EVERY} ms, p99`,
        value: middle('timer'),
      },
    },
    {
      part: 'load',
      what: 'processor time of a record in the driver',
      value: middle('cpu'),
      unit: 'µs',
      against: { what: 'of a record in a bare loop', value: loop },
    },
  ];
}

const OK: Completion<unknown> = { kind: 'ok', value: null };
const noOp = (attemptMax: number): Sender => ({
  lanes: Array.from({ length: LANES }, (_, partition) => ({
    session: 'p0',
    topic: 'orders',
    partition,
  })),
  attemptMax,
  attempt: async () => OK,
  [Symbol.asyncDispose]: async () => {},
});

/** A record is as late as the attempt that carries it was made after its due time. */
async function drive(forMs: number): Promise<{ lateness: number; cpuPerRecord: number }> {
  const clock = realClock();
  const stages = [{ fromRate: RATE, toRate: RATE, forMs }];
  // One record an attempt: what is measured is the cost of an attempt, and not of a batch.
  const sender = noOp(1);
  const all = new Latencies();
  const tally = new Tally(sender.lanes, ({ latencies }) => all.merge(latencies));
  const driver = new Driver({
    schedule: scheduleOf(stages),
    deal: dealOf(stages, LANES, 1),
    startAt: clock.now(),
    sender,
    tally,
    clock,
    inFlightMax: 2_000,
    linger: seconds(1),
    throttle: null,
    report: () => tally.report(clock.now(), null),
  });
  const before = process.cpuUsage();
  await driver.run();
  const { user, system } = process.cpuUsage(before);
  const records = (RATE * forMs) / 1_000;
  return { lateness: all.summary('lateness').p99, cpuPerRecord: (user + system) / records };
}

async function timerLateness(forMs: number): Promise<number> {
  const clock = realClock();
  const late: number[] = [];
  const from = clock.now();
  while (clock.now() - from < forMs) {
    const due = clock.now() + WAKE_EVERY;
    await clock.sleep(ms(WAKE_EVERY));
    late.push(clock.now() - due);
  }
  return p99(late);
}

async function bareLoop(count: number): Promise<number> {
  const sender = noOp(1);
  const before = process.cpuUsage();
  let acknowledged = 0;
  for (let at = 0; at < count; at += 1) {
    const { kind } = await sender.attempt(at % LANES, at, 1);
    if (kind === 'ok') acknowledged += 1;
  }
  if (acknowledged < count) throw new Error('a sender that does nothing has failed');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
