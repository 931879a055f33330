import { describe, expect, it } from 'vitest';
import { failoverWithin } from '../../src/checkers/failover-within.ts';
import { ms, seconds } from '../../src/core/time.ts';
import { perSecond } from '../../src/core/units.ts';
import type { MemorySabotage } from '../../src/environments/memory/memory-sabotage.ts';
import type { Conducted } from '../../src/scenario/conduct.ts';
import {
  atOnce,
  down,
  followerOf,
  leaderOf,
  nemesis,
  nodes,
  pause,
  restart,
  role,
  stop,
} from '../../src/scenario/suite/builders.ts';
import type { FaultRef, Scenario } from '../../src/scenario/suite/scenario.ts';
import { leaderDown, notPassed, outcomes, runInline } from './support/run-inline.ts';

const leader = leaderOf('orders', 0);

/** The leader-down scenario with another fault, which may be quicker than any session. */
const withFault = (fault: FaultRef, hold = seconds(6)): Scenario => ({
  ...leaderDown,
  name: fault.fault,
  load: [{ rate: perSecond(90), for: seconds(24) }],
  timeline: [{ at: seconds(5), fault, hold }],
  checks: [
    ...leaderDown.checks.filter(({ claim }) => claim !== 'failover-within'),
    failoverWithin({ atMost: seconds(10), notUnder: ms(0) }),
  ],
});

const seen = ({ record }: Conducted, act: string): string[] =>
  record.events.flatMap((event) =>
    event.kind === 'fault' && event.act === act ? [event.seen] : [],
  );

describe('a process that is harmed on the memory environment', () => {
  it.each([
    ['stop', stop(leader), /ended by SIGTERM, and leads no partition any more: broker-1/],
    ['pause', pause(leader), /stopped, and no answer at its address: broker-1/],
    ['restart', restart(leader), /broker-1 was life 1 since \d+ and is life 2 since \d+/],
    ['hard restart', restart(leader, { hard: true }), /broker-1 was life 1 .* and is life 2/],
  ])('bites and is healed: %s', async (_, fault, confirmed) => {
    const run = await runInline({ scenario: withFault(fault) });
    expect(notPassed(run)).toEqual([]);
    expect(run.result.exit).toBe(0);
    expect(seen(run, 'confirm')[0]).toMatch(confirmed);
  });

  it.each<[string, FaultRef, MemorySabotage]>([
    ['stop, and SIGTERM does nothing', stop(leader), { killDoesNothing: true }],
    ['stop, and it leaves abruptly', stop(leader), { leavesAbruptly: true }],
    ['stop, and it does not come back', stop(leader), { startDoesNothing: true }],
    ['pause, and nothing stops', pause(leader), { pauseDoesNothing: true }],
    ['pause, and it never goes on', pause(leader), { resumeDoesNothing: true }],
    ['restart, and nothing ends', restart(leader), { killDoesNothing: true }],
    ['restart, and nothing starts', restart(leader, { hard: true }), { startDoesNothing: true }],
  ])('cannot tell: %s', async (_, fault, sabotage) => {
    const run = await runInline({ scenario: withFault(fault), memory: { sabotage } });
    expect(outcomes(run)['faults-bit-and-healed'], notPassed(run).join('\n')).toBe('inconclusive');
    expect(run.result.exit).toBe(2);
    expect(run.record.cleanup?.leftovers).toEqual([]);
  });

  it('that pauses for less than its session is the leader all along', async () => {
    const run = await runInline({ scenario: withFault(pause(leader), ms(2_200)) });
    expect(notPassed(run)).toEqual([]);
    const epochs = run.record.events.flatMap((event) =>
      event.kind === 'leadership' && event.partition === 0 ? [event.epoch] : [],
    );
    expect(new Set(epochs).size).toBe(1);
  });

  it('hands over much sooner than one that is killed', async () => {
    const outage = async (fault: FaultRef): Promise<number> => {
      const { result } = await runInline({ scenario: withFault(fault) });
      const verdict = result.verdicts.find(({ claim }) => claim === 'failover-within');
      const upper = verdict?.measured.filter(({ name }) => name.startsWith('outage of orders-0'));
      return Math.max(...(upper ?? []).map(({ value }) => Number(value)));
    };
    expect(await outage(stop(leader))).toBeLessThan(1_500);
    expect(await outage(down(leader))).toBeGreaterThan(2_400);
  });
});

describe('several steps', () => {
  it('come one after the other, each when the one before is over', async () => {
    const timeline = [
      { id: 'first', at: seconds(4), fault: pause(leader), hold: seconds(5) },
      { id: 'second', after: 'first', plus: seconds(2), fault: stop(leader), hold: seconds(3) },
      { after: 'second', fault: restart(followerOf('orders', 0)), hold: seconds(4) },
    ];
    const run = await runInline({ scenario: { ...withFault(pause(leader)), timeline } });
    expect(notPassed(run)).toEqual([]);
    const acts = run.record.events.flatMap((event) =>
      event.kind === 'fault' ? [`${event.fault} ${event.act}`] : [],
    );
    const each = ['engage', 'confirm', 'heal', 'confirm-heal'];
    expect(acts).toEqual(
      ['pause', 'stop', 'restart'].flatMap((name) => each.map((act) => `${name} ${act}`)),
    );
  });

  it('come at once when they are told so', async () => {
    const when = { at: seconds(5), hold: seconds(4) };
    const timeline = atOnce(when, pause(nodes('broker-1')), down(nodes('broker-2')));
    const scenario = withFault(pause(leader));
    const checks = scenario.checks.filter(({ claim }) => claim !== 'failover-within');
    const run = await runInline({ scenario: { ...scenario, checks, timeline } });
    expect(notPassed(run)).toEqual([]);
    expect(seen(run, 'confirm')).toHaveLength(2);
  });

  it('by chance are ordinary steps, the same for the same seed, and hold', async () => {
    const from = [pause(leader), stop(role('broker', 'one')), down(leader), restart(leader)];
    const timeline = [nemesis({ from, every: seconds(8), hold: seconds(4) })];
    const scenario: Scenario = {
      ...withFault(pause(leader)),
      timeline,
      load: [{ rate: perSecond(90), for: seconds(60) }],
    };
    const run = await runInline({ scenario });
    expect(notPassed(run)).toEqual([]);
    const again = await runInline({ scenario });
    expect(again.record.plan).toEqual(run.record.plan);
    const ids = run.record.plan.timeline.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(2);
    expect(ids[0]).toBe('nemesis-1');
  });
});
