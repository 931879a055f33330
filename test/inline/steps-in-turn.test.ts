import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/core/time.ts';
import { crash, down, leaderOf, role } from '../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../src/scenario/suite/scenario.ts';
import { leaderDown, notPassed, runInline } from './support/run-inline.ts';

const inTurn: Scenario = {
  ...leaderDown,
  timeline: [
    { id: 'first', at: seconds(8), fault: down(leaderOf('orders', 0)), hold: seconds(8) },
    {
      after: 'first',
      plus: seconds(6),
      fault: crash(role('broker', 'one')),
      hold: seconds(0),
    },
  ],
};

describe('steps of a timeline', () => {
  it('come one after the other, and the run is recovered when the last is over', async () => {
    const run = await runInline({ scenario: inTurn });
    expect(notPassed(run)).toEqual([]);
    const acts = run.record.events.filter((event) => event.kind === 'fault');
    const end = acts.find(({ step, act }) => step === 'first' && act === 'confirm-heal');
    const next = acts.find(({ step, act }) => step === 'fault-2' && act === 'engage');
    expect(next?.from).toBeGreaterThanOrEqual((end?.t ?? Number.POSITIVE_INFINITY) + 6_000);
    const windows = run.record.events.filter(
      (event) => event.kind === 'window' && event.state === 'begin',
    );
    expect(windows.map((event) => event.kind === 'window' && event.window)).toEqual([
      'warm-up',
      'baseline',
      'disturb',
      'disturb',
      'recover',
    ]);
  });

  it('hit the same nodes for the same seed', async () => {
    const hit = async (): Promise<string> => {
      const { record } = await runInline({ scenario: inTurn });
      const engaged = record.events.filter(
        (event) => event.kind === 'fault' && event.act === 'engage',
      );
      return JSON.stringify(engaged.map((event) => event.kind === 'fault' && event.targets));
    };
    expect(await hit()).toBe(await hit());
  });
});
