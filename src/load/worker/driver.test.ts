import { describe, expect, it } from 'vitest';
import type { Completion } from '../../core/outcome.ts';
import { type Instant, instant, ms, type Span, seconds } from '../../core/time.ts';
import { type VirtualClock, virtualClock } from '../../core/virtual-clock.ts';
import type { FateDelta } from '../../record/ledger.ts';
import type { StagePlan } from '../../record/plan.ts';
import { countRanges, unionRanges } from '../../record/range-set.ts';
import type { Ranges } from '../../record/ranges.ts';
import type { Sender } from '../../workloads/workload.ts';
import type { LaneSeries, SenderReport } from '../messages.ts';
import { scheduleOf } from '../stages-to-schedule.ts';
import { Driver, WAKE_EVERY } from './driver.ts';
import { Tally } from './tally.ts';

const OK: Completion<unknown> = { kind: 'ok', value: null };
const ERROR = { name: 'NOT_ENOUGH_REPLICAS', message: 'no' };

interface Sent {
  readonly at: Instant;
  readonly lane: number;
  readonly first: number;
  readonly count: number;
}

interface Play {
  readonly stages?: readonly StagePlan[];
  readonly lanes?: number;
  readonly row?: number;
  readonly inFlightMax?: number;
  readonly attemptMax?: number;
  readonly linger?: Span;
  readonly throttle?: number;
  readonly stopAt?: number;
  /** What becomes of an attempt; takes its time on the clock. */
  readonly answer?: (sent: Sent, clock: VirtualClock) => Promise<Completion<unknown>>;
}

async function play(options: Play) {
  using clock = virtualClock();
  const attempts: Sent[] = [];
  const lanes = Array.from({ length: options.lanes ?? 2 }, (_, partition) => ({
    session: 'p0',
    topic: 'orders',
    partition,
  }));
  const answer = options.answer ?? (async () => OK);
  const sender: Sender = {
    lanes,
    attemptMax: options.attemptMax ?? 1_000,
    attempt: (lane, first, count) => {
      const sent = { at: clock.now(), lane, first, count };
      attempts.push(sent);
      return answer(sent, clock);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const reports: SenderReport[] = [];
  const tally = new Tally(lanes, () => {});
  const driver = new Driver({
    schedule: scheduleOf(options.stages ?? [{ fromRate: 1_000, toRate: 1_000, forMs: 1_000 }]),
    deal: { lanes: lanes.length, row: options.row ?? 1 },
    startAt: clock.now(),
    sender,
    tally,
    clock,
    inFlightMax: options.inFlightMax ?? 4,
    linger: options.linger ?? seconds(2),
    throttle: options.throttle ?? null,
    report: () => reports.push(tally.report(clock.now(), null)),
  });
  if (options.stopAt !== undefined) void clock.sleep(ms(options.stopAt)).then(() => driver.stop());
  await driver.run();
  const sumOf = (series: LaneSeries, lane?: number): number =>
    reports
      .flatMap((report) => report.lanes)
      .filter(({ partition }) => lane === undefined || partition === lane)
      .reduce((sum, { counts }) => sum + counts[series], 0);
  const fate = (as: FateDelta['as'], partition: number): Ranges =>
    unionRanges(
      ...reports
        .flatMap(({ deliveries }) => deliveries as readonly FateDelta[])
        .filter((delta) => delta.as === as && delta.partition === partition)
        .map(({ ranges }) => ranges),
    );
  return { attempts, reports, sumOf, fate, tally, endedAt: clock.now() };
}

describe('Driver', () => {
  it('sends every slot, deals them out over the lanes, and numbers each lane from 0', async () => {
    const { fate, sumOf } = await play({ lanes: 3 });
    expect(sumOf('attempted')).toBe(1_000);
    expect(sumOf('acknowledged')).toBe(1_000);
    expect([0, 1, 2].map((lane) => fate('attempted', lane))).toEqual([
      [[0, 333]],
      [[0, 332]],
      [[0, 332]],
    ]);
    expect(fate('acknowledged', 0)).toEqual([[0, 333]]);
    expect(sumOf('late') + sumOf('dropped')).toBe(0);
  });

  it('sends what is due in a lane as one attempt', async () => {
    const { attempts } = await play({
      lanes: 2,
      stages: [{ fromRate: 10_000, toRate: 10_000, forMs: 30 }],
    });
    expect(
      attempts.slice(0, 5).map(({ at, lane, first, count }) => [at, lane, first, count]),
    ).toEqual([
      [0, 0, 0, 1],
      [WAKE_EVERY, 1, 0, 15],
      [WAKE_EVERY, 0, 1, 15],
      [2 * WAKE_EVERY, 1, 15, 15],
      [2 * WAKE_EVERY, 0, 16, 15],
    ]);
  });

  it('sends to fewer lanes at once when slots are dealt in rows, and to all of them in turn', async () => {
    const { attempts, fate } = await play({ lanes: 4, row: 4 });
    const first = attempts.filter(({ at }) => at < 48);
    expect(first.length).toBeLessThan(24);
    expect(new Set(first.map(({ lane }) => lane))).toEqual(new Set([0, 1, 2, 3]));
    expect([0, 1, 2, 3].map((lane) => fate('acknowledged', lane))).toEqual([
      [[0, 251]],
      [[0, 251]],
      [[0, 247]],
      [[0, 247]],
    ]);
  });

  it('cuts what is due into attempts that the sender can carry', async () => {
    const { attempts, sumOf } = await play({ lanes: 1, attemptMax: 2, inFlightMax: 9 });
    expect(Math.max(...attempts.map(({ count }) => count))).toBe(2);
    expect(sumOf('acknowledged')).toBe(1_000);
  });

  it('drops and counts slots that find no attempt free, leaves no gap, and never makes up for them', async () => {
    // Lane 0 stalls from 200 ms to 700 ms of the load; lane 1 is well.
    const { sumOf, fate, attempts } = await play({
      lanes: 2,
      inFlightMax: 3,
      answer: async ({ at, lane }, clock) => {
        if (lane === 0 && at >= 200 && at < 700) await clock.sleep(ms(700 - at));
        return OK;
      },
    });
    expect(sumOf('dropped', 1)).toBe(0);
    const dropped = sumOf('dropped', 0);
    expect(dropped).toBeGreaterThan(235);
    expect(dropped).toBeLessThan(250);
    expect(sumOf('attempted', 0)).toBe(500 - dropped);
    expect(fate('attempted', 0)).toEqual([[0, 500 - dropped - 1]]);
    const after = attempts.filter(({ at, lane }) => lane === 0 && at >= 700);
    expect(Math.max(...after.map(({ count }) => count))).toBeLessThanOrEqual(2);
  });

  it('counts slots as late when the whole process stood still, and sends them at once', async () => {
    let stood = 0;
    const { sumOf, attempts } = await play({
      lanes: 1,
      // A clock that jumps while nobody could run: 300 ms are missing in the middle.
      answer: async ({ at }, clock) => {
        if (at >= 500 && stood === 0) {
          stood = 1;
          const real = clock.now.bind(clock);
          Object.assign(clock, { now: () => instant(real() + 300) });
        }
        return OK;
      },
    });
    expect(sumOf('attempted')).toBe(1_000);
    expect(sumOf('late')).toBeGreaterThan(240);
    expect(sumOf('late')).toBeLessThan(255);
    expect(Math.max(...attempts.map(({ count }) => count))).toBeGreaterThan(290);
  });

  it('tells failed from unknown, and what has no completion at the end is unknown', async () => {
    const { fate, endedAt, reports } = await play({
      lanes: 3,
      linger: ms(500),
      answer: async ({ lane }) => {
        if (lane === 0) return { kind: 'fail', error: ERROR };
        if (lane === 1) return { kind: 'unknown', error: ERROR };
        return new Promise(() => {}); // Never answers.
      },
    });
    expect(fate('failed', 0)).toEqual([[0, 333]]);
    expect(fate('unknown', 1)).toEqual([[0, 332]]);
    expect(fate('unknown', 2)).toEqual(fate('attempted', 2));
    expect(countRanges(fate('unknown', 2))).toBeGreaterThan(3);
    expect(endedAt).toBeGreaterThanOrEqual(1_500);
    expect(endedAt).toBeLessThan(1_510);
    expect(reports.at(-1)?.outages.length).toBeGreaterThan(0);
  });

  it('ignores a completion that comes after its attempt was given up', async () => {
    const late: (() => void)[] = [];
    const { fate, tally } = await play({
      lanes: 1,
      linger: ms(100),
      inFlightMax: 1,
      answer: () => new Promise((resolve) => late.push(() => resolve(OK))),
    });
    for (const answer of late) answer();
    await new Promise(setImmediate);
    expect(late).toHaveLength(1);
    expect(fate('unknown', 0)).toEqual(fate('attempted', 0));
    expect(tally.report(instant(9_000), null).deliveries).toEqual([]);
  });

  it('ends as soon as the last attempt is settled', async () => {
    const { endedAt } = await play({
      linger: seconds(60),
      inFlightMax: 50,
      answer: async (_sent, clock) => {
        await clock.sleep(ms(40));
        return OK;
      },
    });
    expect(endedAt).toBeGreaterThanOrEqual(1_039);
    expect(endedAt).toBeLessThan(1_045);
  });

  it('stops early without counting what was not due yet', async () => {
    const { sumOf, endedAt } = await play({ stopAt: 400 });
    expect(sumOf('attempted')).toBeGreaterThanOrEqual(398);
    expect(sumOf('attempted')).toBeLessThanOrEqual(401);
    expect(sumOf('dropped')).toBe(0);
    expect(endedAt).toBeLessThan(405);
  });

  it('goes on to the end of a pause that ends the timetable', async () => {
    const { endedAt, sumOf } = await play({
      stages: [
        { fromRate: 100, toRate: 100, forMs: 100 },
        { fromRate: 0, toRate: 0, forMs: 3_000 },
      ],
    });
    expect(sumOf('attempted')).toBe(10);
    expect(endedAt).toBeGreaterThanOrEqual(3_100);
  });

  it('sends no more than a throttle lets pass, and drops nothing that the system had room for', async () => {
    const { sumOf } = await play({
      throttle: 100,
      stages: [{ fromRate: 1_000, toRate: 1_000, forMs: 5_000 }],
    });
    expect(sumOf('attempted')).toBeGreaterThan(450);
    expect(sumOf('attempted')).toBeLessThanOrEqual(520);
    expect(sumOf('dropped')).toBe(0);
  });

  it('reports every second on a grid and once at the end', async () => {
    const { reports } = await play({
      stages: [{ fromRate: 500, toRate: 500, forMs: 2_500 }],
    });
    expect(reports.map(({ t }) => Math.floor(t))).toEqual([1_000, 2_000, expect.any(Number)]);
  });

  it('fails when a sender rejects, with its records unknown', async () => {
    const failing = play({
      answer: async () => {
        throw new Error('a bug');
      },
    });
    await expect(failing).rejects.toThrow('a bug');
  });
});
