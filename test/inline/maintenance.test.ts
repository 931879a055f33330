import { describe, expect, it } from 'vitest';
import { lagDrained } from '../../src/checkers/lag-drained.ts';
import { noDuplicates } from '../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../src/checkers/no-loss.ts';
import { ordered } from '../../src/checkers/order.ts';
import { minutes, seconds } from '../../src/core/time.ts';
import { perSecond } from '../../src/core/units.ts';
import type { ChangeEvent } from '../../src/record/events.ts';
import type { Conducted } from '../../src/scenario/conduct.ts';
import {
  alterConfig,
  createTopic,
  deleteTopic,
  electPreferred,
  reassign,
  rollingRestart,
  rollingUpgrade,
} from '../../src/scenario/suite/change-builders.ts';
import type { Scenario, Step } from '../../src/scenario/suite/scenario.ts';
import { leaderDown, notPassed, outcomes, runInline } from './support/run-inline.ts';

const changed = (...timeline: readonly Step[]): Scenario => ({
  ...leaderDown,
  name: 'changed under load',
  load: [{ rate: perSecond(60), for: seconds(25) }],
  timeline,
  checks: [noLoss(), noDuplicates(), ordered(), lagDrained({ within: seconds(30) })],
});

const restart: Step = {
  id: 'restart',
  at: seconds(5),
  change: rollingRestart({ role: 'broker' }),
  limit: seconds(40),
};

/** What was seen at the end of a step, and whether it took. */
const endOf = ({ record }: Conducted, step: string): Pick<ChangeEvent, 'took' | 'seen'> => {
  const found = record.events.find(
    (event) => event.kind === 'change' && event.step === step && event.act === 'end',
  );
  if (found?.kind !== 'change') throw new Error(`${step} has no end`);
  return { took: found.took, seen: found.seen };
};

describe('a rolling restart on the memory environment', () => {
  it('is green, restarts one broker after the other, and no watch takes it for a crash', async () => {
    const run = await runInline({ scenario: changed(restart) });
    expect(notPassed(run)).toEqual([]);
    expect(endOf(run, 'restart').took).toBe(true);
    const lives = run.record.events.filter((event) => event.kind === 'node');
    for (const id of ['broker-1', 'broker-2', 'broker-3']) {
      const incarnations = lives.filter(({ node, state }) => node === id && state === 'up');
      expect(new Set(incarnations.map(({ incarnation }) => incarnation)).size, id).toBe(2);
    }
    expect(lives.filter(({ expected }) => !expected)).toEqual([]);
  });

  it('is inconclusive when a start does nothing, and leaves the others alone', async () => {
    const run = await runInline({
      scenario: changed(restart),
      memory: { sabotage: { startDoesNothing: true } },
    });
    expect(run.result.exit).toBe(2);
    expect(outcomes(run)['faults-bit-and-healed']).toBe('inconclusive');
    expect(endOf(run, 'restart').seen).toContain('stops broker-1');
    const down = run.record.events.filter((event) => event.kind === 'node');
    expect(down.filter(({ state }) => state === 'down').map(({ node }) => node)).toEqual([
      'broker-1',
    ]);
  });

  it('is inconclusive when the stop does nothing', async () => {
    const run = await runInline({
      scenario: changed(restart),
      memory: { sabotage: { killDoesNothing: true } },
    });
    expect(run.result.exit).toBe(2);
    expect(endOf(run, 'restart').took).toBe(false);
  });
});

describe('changes of topics on the memory environment', () => {
  it('are carried out one after the other under load', async () => {
    const run = await runInline({
      scenario: changed(
        {
          id: 'create',
          at: seconds(3),
          change: createTopic('returns', { partitions: 2, replication: 3 }),
        },
        {
          id: 'alter',
          after: 'create',
          change: alterConfig({ topic: 'orders' }, { 'retention.ms': 1000 }),
        },
        { id: 'restart', after: 'alter', change: rollingRestart(), limit: minutes(2) },
        { id: 'home', after: 'restart', change: electPreferred('orders') },
        { id: 'delete', after: 'home', change: deleteTopic('returns') },
      ),
    });
    expect(notPassed(run)).toEqual([]);
    expect(endOf(run, 'home').seen).toContain('went to their preferred leaders');
  });

  it('have to be seen: what was so before proves nothing', async () => {
    const run = await runInline({
      scenario: changed(
        { id: 'home', at: seconds(3), change: electPreferred() },
        { id: 'delete', after: 'home', change: deleteTopic('returns') },
        {
          id: 'alter',
          after: 'delete',
          change: alterConfig({ topic: 'orders' }, { 'retention.ms': -1 }),
        },
      ),
    });
    expect(run.result.exit).toBe(2);
    expect(endOf(run, 'home')).toEqual({
      took: false,
      seen: 'every leader was the preferred one: there was nothing to elect',
    });
    expect(endOf(run, 'delete')).toEqual({ took: false, seen: 'there was no topic returns' });
    expect(endOf(run, 'alter')).toEqual({ took: false, seen: 'orders had retention.ms already' });
  });
});

describe('what cannot be done to a system', () => {
  it('is told before anything starts where the environment lacks it', async () => {
    const upgrade = changed({ at: seconds(3), change: rollingUpgrade({ to: '4.3.1' }) });
    await expect(runInline({ scenario: upgrade })).rejects.toThrow('node.replace');
  });

  it('is not taken for done where the system lacks it', async () => {
    const change = reassign('orders', { replicas: [['broker-2', 'broker-1', 'broker-3']] });
    const run = await runInline({
      scenario: {
        ...changed({ id: 'move', at: seconds(3), change }),
        topology: {
          kafka: { brokers: 3 },
          topics: { orders: { partitions: 1, replication: 3, minInSync: 2 } },
        },
      },
    });
    expect(endOf(run, 'move').seen).toContain('the simulated log cannot move replicas');
    expect(run.result.exit).toBe(2);
  });
});
