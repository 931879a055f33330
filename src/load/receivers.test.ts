import { describe, expect, it } from 'vitest';
import { realClock } from '../core/clock.ts';
import { ms, seconds } from '../core/time.ts';
import { virtualClock } from '../core/virtual-clock.ts';
import { waitFor } from '../core/wait-for.ts';
import type { Workload } from '../workloads/workload.ts';
import { inlinePool } from './inline-pool.ts';
import type { LoadPool, PoolMembers, WorkerJob } from './pool.ts';
import { fakeWorkload, jobOf, NO_CLIENTS } from './testing/fake-workload.ts';
import { hearing } from './testing/hearing.ts';
import { threadPool } from './thread-pool.ts';

const never = new AbortController().signal;
const member = (session: string): WorkerJob => jobOf({ role: 'receive', session, group: 'g' });
const JOBS = [jobOf({ forMs: 60_000 }), member('c0'), member('c1')];

function inline() {
  const clock = virtualClock();
  const heard = hearing();
  const workload = fakeWorkload as unknown as Workload;
  const pool = inlinePool({ jobs: JOBS, tells: heard.tells, clock, workload, clients: NO_CLIENTS });
  return { clock, pool, members: membersOf(pool), ...heard };
}

function threads() {
  const clock = realClock();
  const heard = hearing();
  const worker = new URL('./testing/fake-worker.ts', import.meta.url);
  const pool = threadPool({ jobs: JOBS, tells: heard.tells, clock, worker });
  return { clock, pool, members: membersOf(pool), ...heard };
}

function membersOf({ members }: LoadPool): PoolMembers {
  if (members === null) throw new Error('there are receivers');
  return members;
}

/** How many records a member gets from now on within a while. */
async function consumedIn(of: ReturnType<typeof inline | typeof threads>, session: string) {
  const { consumed } = await of.members.look(session, never);
  await of.clock.sleep(seconds(2.2));
  return (await of.members.look(session, never)).consumed - consumed;
}

describe('receivers as members of a group', { timeout: 60_000 }, () => {
  it('are known by name, and what they have and get can be looked at', async () => {
    const { pool, members, clock } = inline();
    await pool.open(never);
    expect(members.name).toBe('g');
    expect(members.ids).toEqual(['c0', 'c1']);
    await clock.sleep(seconds(2.05));
    expect(await members.look('c1', never)).toMatchObject({ state: 'working', assigned: 6 });
    expect((await members.look('c1', never)).consumed).toBeGreaterThan(60);
    await expect(members.act('c7', 'pause', never)).rejects.toThrow('no member "c7"');
    await pool[Symbol.asyncDispose]();
  });

  it('handle nothing while they are paused, and the others go on', async () => {
    const of = inline();
    await of.pool.open(never);
    await of.members.act('c0', 'pause', never);
    await of.clock.sleep(seconds(1));
    expect(await consumedIn(of, 'c0')).toBe(0);
    expect(await consumedIn(of, 'c1')).toBeGreaterThan(60);
    expect((await of.members.look('c0', never)).state).toBe('paused');
    await of.members.act('c0', 'resume', never);
    expect(await consumedIn(of, 'c0')).toBeGreaterThan(60);
    const told = of.events.filter((event) => event.kind === 'member' && event.member === 'c0');
    expect(told.map((event) => event.kind === 'member' && event.act)).toEqual([
      'assigned',
      'paused',
      'resumed',
    ]);
    await of.pool[Symbol.asyncDispose]();
  });

  it('tell their last deltas when they leave, and come back as new ones', async () => {
    const { pool, members, clock, countOf } = inline();
    await pool.open(never);
    await clock.sleep(seconds(1));
    await members.act('c0', 'leave', never);
    expect(await members.look('c0', never)).toMatchObject({ state: 'away', assigned: 0 });
    expect(countOf('consumed')).toBeGreaterThan(50);
    await expect(members.act('c0', 'pause', never)).rejects.toThrow('member c0 is away');
    await members.act('c0', 'join', never);
    expect(await members.look('c0', never)).toMatchObject({ state: 'working', consumed: 0 });
    await pool.endReceiver();
    await pool[Symbol.asyncDispose]();
  });

  it('are frozen with their threads, go on when they thaw, and are no failure meanwhile', async () => {
    const of = threads();
    await of.pool.open(never);
    await of.members.act('c0', 'pause-silent', never);
    expect(await consumedIn(of, 'c0')).toBe(0);
    expect(await consumedIn(of, 'c1')).toBeGreaterThan(30);
    await of.members.act('c0', 'resume', never);
    await waitFor(
      {
        what: 'c0 at work',
        look: () => of.members.look('c0', never),
        show: ({ consumed }) => `${consumed} consumed`,
      },
      { clock: of.clock, signal: never, within: seconds(20), until: (now) => now.consumed > 0 },
    );
    await of.pool[Symbol.asyncDispose]();
  });

  it('are gone with their threads when they crash, with nothing of what they got untold', async () => {
    const of = threads();
    await of.pool.open(never);
    await of.clock.sleep(ms(500));
    await of.members.act('c0', 'crash', never);
    expect((await of.members.look('c0', never)).state).toBe('away');
    expect(of.sumOf('consumed')).toBeGreaterThan(0);
    await of.members.act('c0', 'join', never);
    expect((await of.members.look('c0', never)).state).toBe('working');
    await of.pool.endReceiver();
    await of.pool[Symbol.asyncDispose]();
  });

  it('can be closed while they are frozen', async () => {
    const of = threads();
    await of.pool.open(never);
    await of.members.act('c1', 'pause-silent', never);
    await of.pool[Symbol.asyncDispose]();
    expect(of.events.filter((event) => event.kind === 'member')).toHaveLength(3);
  });
});
