import { describe, expect, it } from 'vitest';
import { noLoss } from '../../checkers/no-loss.ts';
import { ms, seconds } from '../../core/time.ts';
import { perSecond } from '../../core/units.ts';
import { CAPABILITIES } from '../../environments/capabilities.ts';
import { composition } from '../../registry.ts';
import { produceConsume } from '../../workloads/produce-consume/builder.ts';
import { crash, diskFull, down, leaderOf, nemesis, pause, role } from '../suite/builders.ts';
import type { Composed, Scenario, Step } from '../suite/scenario.ts';
import { plan } from './plan.ts';

const scenarioWith = (...timeline: readonly (Step | Composed)[]): Scenario => ({
  name: 'one thing after the other',
  claim: 'nothing is lost',
  topology: {
    kafka: { brokers: 3 },
    topics: { orders: { partitions: 6, replication: 3, minInSync: 2 } },
  },
  workload: produceConsume({ topic: 'orders' }),
  load: [{ rate: perSecond(100), for: seconds(30) }],
  timeline,
  checks: [noLoss()],
});

const planOf = (...timeline: readonly (Step | Composed)[]) =>
  plan(scenarioWith(...timeline), composition.catalog, {
    environment: 'local',
    offers: { offered: new Set(CAPABILITIES), clock: 'real', start: 'jvm' },
    seed: 's1',
    profile: 'fast',
    control: false,
    suite: 'suites/x.suite.ts',
  });

const problemsOf = (...timeline: readonly (Step | Composed)[]): string => {
  const planned = planOf(...timeline);
  return 'problems' in planned ? planned.problems.join('\n') : '';
};

const leader = leaderOf('orders', 0);
const first: Step = { id: 'first', at: seconds(2), fault: down(leader), hold: seconds(5) };

describe('a timeline', () => {
  it('takes steps by their time, and those that wait for others after them', () => {
    const planned = planOf(
      { after: 'first', plus: seconds(1), fault: crash(leader), hold: ms(0) },
      { at: seconds(4), fault: crash(role('broker', 'one')), hold: ms(0) },
      first,
    );
    if ('problems' in planned) throw new Error(planned.problems.join());
    expect(planned.plan.timeline.map(({ id, after, atMs }) => [id, after, atMs])).toEqual([
      ['first', null, 2_000],
      ['fault-2', null, 4_000],
      ['fault-1', 'first', 1_000],
    ]);
  });

  it('refuses a step that waits for nobody, for itself, or in a circle', () => {
    const after = (id: string, other: string): Step => ({
      id,
      after: other,
      fault: crash(leader),
      hold: ms(0),
    });
    expect(problemsOf(after('a', 'b'))).toBe('timeline a: after "b": no such step');
    expect(problemsOf(after('a', 'a'))).toBe('timeline a: it waits for itself: after "a"');
    expect(problemsOf(after('a', 'b'), after('b', 'a'))).toMatch(/a: it waits for itself/);
  });

  it('refuses two steps of one id', () => {
    expect(problemsOf(first, first)).toBe('timeline: two steps have the id "first"');
  });

  it('counts what comes after a step from its earliest end', () => {
    const second = (plus: number): Step => ({
      after: 'first',
      plus: seconds(plus),
      fault: down(leader),
      hold: seconds(5),
    });
    expect(problemsOf(first, second(17))).toBe('');
    expect(problemsOf(first, second(18))).toMatch(
      /fault-2: it is not over before 30000 ms, but the load ends at 30000 ms/,
    );
  });

  it('refuses a change that nobody knows, and a share that is nobody', () => {
    expect(problemsOf({ at: seconds(1), change: { change: 'repaint', params: {} } })).toMatch(
      /change-1: no change "repaint" \(known: /,
    );
    expect(
      problemsOf({ at: seconds(1), fault: down(role('controller', 'minority')), hold: ms(1) }),
    ).toMatch(/role "controller": a minority of 1 nodes is nobody/);
  });

  it('lets load go on for a while when a heal is late', () => {
    const planned = planOf(first);
    if ('problems' in planned) throw new Error(planned.problems.join());
    expect(planned.plan.load.overtimeMs).toBe(30_000);
  });
});

describe('random harm in a timeline', () => {
  const chance = (more: Partial<Composed['nemesis']> = {}): Composed =>
    nemesis({
      from: [down(leader), pause(role('broker', 'one'))],
      every: seconds(3),
      hold: seconds(2),
      ...more,
    });
  const stepsOf = (...timeline: readonly (Step | Composed)[]) => {
    const planned = planOf(...timeline);
    if ('problems' in planned) throw new Error(planned.problems.join('\n'));
    return planned.plan.timeline;
  };

  it('becomes ordinary steps, by the seed of the run or one of its own', () => {
    const steps = stepsOf(chance());
    expect(steps.map(({ id }) => id)).toEqual(['nemesis-1', 'nemesis-2']);
    expect(stepsOf(chance())).toEqual(steps);
    const seeded = ['a', 'b', 'c', 'd', 'e'].map((seed) =>
      JSON.stringify(stepsOf(chance({ seed }))),
    );
    expect(new Set(seeded).size).toBeGreaterThan(1);
  });

  it('stays away from the steps that a person wrote', () => {
    const steps = stepsOf(chance(), { ...first, at: seconds(1) });
    // Until 6 s it is held, and ten more seconds are for coming back: 18 s is the next tick.
    expect(steps.map(({ id, atMs }) => [id, atMs])).toEqual([
      ['first', 1_000],
      ['nemesis-1', 18_000],
    ]);
  });

  it('is refused with every reason', () => {
    expect(problemsOf(chance({ until: seconds(30) }))).toContain(
      'timeline nemesis: until 30000 ms: the load ends at 30000 ms',
    );
    const wiping = down(leader, { wipe: { topic: 'orders', partition: 0 }, lastCopy: true });
    expect(problemsOf(chance({ from: [wiping, diskFull(leader)] }))).toBe(
      [
        'timeline nemesis: from[0]: chance never wipes the last copy of a partition',
        'timeline nemesis: from[1]: fault disk-full: volume "data" of role "broker" has no limit ' +
          '(kafka.dataLimitMiB gives brokers one)',
      ].join('\n'),
    );
    expect(problemsOf(chance({ from: [down(role('controller'))] }))).toBe(
      'timeline nemesis: no fault fits from 3000 ms to 25000 ms within the limits',
    );
  });
});
