import { describe, expect, it } from 'vitest';
import { realClock } from '../core/clock.ts';
import { ms } from '../core/time.ts';
import type { WorkerJob } from './pool.ts';
import { type FakeParams, jobOf } from './testing/fake-workload.ts';
import { hearing } from './testing/hearing.ts';
import { threadPool } from './thread-pool.ts';

const worker = new URL('./testing/fake-worker.ts', import.meta.url);
const never = new AbortController().signal;
const workloadOf = (params: FakeParams) => ({ name: 'fake', params });

function poolOf(jobs: readonly WorkerJob[]) {
  const clock = realClock();
  const heard = hearing();
  return { clock, pool: threadPool({ jobs, tells: heard.tells, clock, worker }), ...heard };
}

// Threads start slowly on a busy machine; what is bounded here is bounded by the pool itself.
describe('a pool of threads', { timeout: 60_000 }, () => {
  it('plays a timetable on the clock of the run and tells all of it', async () => {
    const { pool, clock, samples, countOf, events, totals } = poolOf([
      jobOf({ part: 0, of: 2, forMs: 1_200 }),
      jobOf({ session: 'p1', part: 1, of: 2, forMs: 1_200 }),
      jobOf({ role: 'receive', session: 'c0' }),
    ]);
    await pool.open(never);
    const startedAt = clock.now();
    pool.start();
    await pool.finished();
    const endedAt = clock.now();
    await pool.endReceiver();
    await pool[Symbol.asyncDispose]();
    expect(countOf('acknowledged') + countOf('acknowledged', 'p1')).toBe(1_200);
    expect(totals()).toMatchObject({ due: 1_200, acknowledged: 1_200 });
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(1_199);
    expect(samples.every(({ t }) => t > startedAt && t < clock.now())).toBe(true);
    const subjects = samples.filter(({ series }) => series === 'host.loop-delay.p99');
    expect(new Set(subjects.map(({ of }) => of))).toEqual(
      new Set(['worker-p0', 'worker-p1', 'worker-c0']),
    );
    const lateness = events.find((event) => event.kind === 'latency' && event.from === 'lateness');
    expect(lateness).toMatchObject({ window: 'warm-up', count: 1_200 });
    expect(countOf('consumed')).toBeGreaterThan(0);
  });

  it('fails when a thread dies, knows what it had attempted, and can still be closed', async () => {
    const { pool, countOf } = poolOf([
      jobOf({ workload: workloadOf({ dieAt: 10 }), forMs: 60_000 }),
    ]);
    await pool.open(never);
    pool.start();
    await expect(pool.finished()).rejects.toThrow('load worker p0 (send) died: the client blew up');
    expect(countOf('attempted')).toBeGreaterThan(10);
    await pool[Symbol.asyncDispose]();
  });

  it('fails when the module of the thread cannot be loaded', async () => {
    const clock = realClock();
    const pool = threadPool({
      jobs: [jobOf()],
      tells: hearing().tells,
      clock,
      worker: new URL('./testing/no-such-file.ts', import.meta.url),
    });
    await expect(pool.open(never)).rejects.toThrow(
      'load worker p0 (send) died: Cannot find module',
    );
    await pool[Symbol.asyncDispose]();
  });

  it('ends a thread by force that hears nothing any more', async () => {
    const { pool, clock, countOf } = poolOf([
      jobOf({ workload: workloadOf({ hangAt: 10 }), forMs: 60_000 }),
    ]);
    await pool.open(never);
    pool.start();
    await clock.sleep(ms(300));
    const before = clock.now();
    await pool[Symbol.asyncDispose]();
    expect(clock.now() - before).toBeLessThan(20_000);
    expect(countOf('attempted')).toBe(0);
  });
});
