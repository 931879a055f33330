import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../core/time.ts';
import { virtualClock } from '../core/virtual-clock.ts';
import type { Workload } from '../workloads/workload.ts';
import { inlinePool } from './inline-pool.ts';
import type { WorkerJob } from './pool.ts';
import { type FakeParams, fakeWorkload, jobOf, NO_CLIENTS } from './testing/fake-workload.ts';
import { hearing } from './testing/hearing.ts';

const never = new AbortController().signal;
const workloadOf = (params: FakeParams) => ({ name: 'fake', params });

function poolOf(jobs: readonly WorkerJob[]) {
  const clock = virtualClock();
  const heard = hearing();
  const workload = fakeWorkload as unknown as Workload;
  const pool = inlinePool({ jobs, tells: heard.tells, clock, workload, clients: NO_CLIENTS });
  return { clock, pool, ...heard };
}

describe('a pool of inline workers', () => {
  it('plays a timetable and tells all of it', async () => {
    const { pool, clock, sumOf, countOf, totals } = poolOf([
      jobOf(),
      jobOf({ role: 'receive', session: 'c0' }),
    ]);
    await pool.open(never);
    pool.start();
    await pool.finished();
    await pool.endReceiver();
    expect(totals()).toMatchObject({
      due: 2_000,
      attempted: 2_000,
      acknowledged: 2_000,
      dropped: 0,
    });
    expect(sumOf('attempted')).toBe(2_000);
    expect(sumOf('acknowledged')).toBe(2_000);
    expect(countOf('acknowledged')).toBe(2_000);
    expect(countOf('consumed')).toBeGreaterThan(0);
    expect(totals()?.consumed).toBe(sumOf('consumed'));
    await pool[Symbol.asyncDispose]();
    clock[Symbol.dispose]();
  });

  it('shares the timetable among senders and tells one row a second for all of them', async () => {
    const part = (index: number): WorkerJob =>
      jobOf({ session: `p${index}`, part: index, of: 3, forMs: 3_000 });
    const { pool, samples, sumOf, countOf, totals } = poolOf([part(0), part(1), part(2)]);
    await pool.open(never);
    pool.start();
    await pool.finished();
    expect(['p0', 'p1', 'p2'].map((session) => countOf('attempted', session))).toEqual([
      1_000, 1_000, 1_000,
    ]);
    expect(totals()?.acknowledged).toBe(3_000);
    const rows = samples.filter(({ series, of }) => series === 'attempted' && of === 'orders-0');
    expect(sumOf('attempted')).toBe(3_000);
    expect(rows.length).toBeLessThanOrEqual(4);
    const lateness = samples.filter(({ series }) => series === 'lateness.p99');
    expect(lateness.map(({ of }) => of)).toEqual(lateness.map(() => 'load'));
    expect(lateness.length).toBeLessThanOrEqual(4);
  });

  it('tells the latency of each window, merged over the senders', async () => {
    const part = (index: number): WorkerJob =>
      jobOf({
        session: `p${index}`,
        part: index,
        of: 2,
        workload: workloadOf({ answerMs: 20 }),
      });
    const { pool, clock, events } = poolOf([part(0), part(1)]);
    await pool.open(never);
    pool.start();
    pool.window('warm-up');
    await clock.sleep(ms(500));
    pool.window('baseline');
    await pool.finished();
    const latency = events.filter((event) => event.kind === 'latency');
    expect(latency.map(({ window, from, count }) => [window, from, count])).toEqual([
      ['warm-up', 'due', expect.any(Number)],
      ['warm-up', 'send', expect.any(Number)],
      ['warm-up', 'lateness', expect.any(Number)],
      ['baseline', 'due', expect.any(Number)],
      ['baseline', 'send', expect.any(Number)],
      ['baseline', 'lateness', expect.any(Number)],
    ]);
    const counts = latency.filter(({ from }) => from === 'due').map(({ count }) => count);
    expect(counts.reduce((a, b) => a + b)).toBe(2_000);
    expect(counts[0]).toBeGreaterThan(490);
    expect(counts[0]).toBeLessThan(510);
    expect(latency.find(({ from }) => from === 'send')?.p99).toBeCloseTo(20, 0);
  });

  it('stops early and finishes with what was attempted', async () => {
    const { pool, clock, countOf } = poolOf([jobOf({ forMs: 60_000 })]);
    await pool.open(never);
    pool.start();
    await clock.sleep(seconds(1));
    pool.stop();
    await pool.finished();
    expect(clock.now()).toBeLessThan(1_100);
    expect(countOf('attempted')).toBeGreaterThan(990);
    expect(countOf('attempted')).toBeLessThanOrEqual(1_001);
  });

  it('finishes at once when it was stopped before it was started', async () => {
    const { pool, clock } = poolOf([jobOf()]);
    await pool.open(never);
    pool.stop();
    await pool.finished();
    expect(clock.now()).toBe(0);
  });

  it('fails to open with the reason of the worker that could not', async () => {
    const { pool } = poolOf([jobOf({ workload: workloadOf({ openFails: 'no broker answers' }) })]);
    await expect(pool.open(never)).rejects.toThrow('load worker p0 (send) died: no broker answers');
    await expect(pool.failed).rejects.toMatchObject({ code: 'LOAD_FAILED' });
  });

  it('fails when its receiver dies', async () => {
    const { pool } = poolOf([
      jobOf({ forMs: 60_000 }),
      jobOf({ role: 'receive', session: 'c0', workload: workloadOf({ receiverDies: true }) }),
    ]);
    await pool.open(never);
    pool.start();
    await expect(Promise.race([pool.finished(), pool.failed])).rejects.toThrow(
      'load worker c0 (receive) died: kicked out of the group',
    );
  });

  it('gives up to open when it is called off', async () => {
    const { pool } = poolOf([jobOf()]);
    await expect(pool.open(AbortSignal.abort(new Error('called off')))).rejects.toThrow(
      'called off',
    );
  });

  it('closes in the middle of the load, once', async () => {
    const { pool, clock } = poolOf([
      jobOf({ forMs: 60_000 }),
      jobOf({ role: 'receive', session: 'c0' }),
    ]);
    await pool.open(never);
    pool.start();
    await clock.sleep(seconds(1));
    await pool[Symbol.asyncDispose]();
    await pool[Symbol.asyncDispose]();
    expect(clock.now()).toBeLessThan(1_100);
  });
});
