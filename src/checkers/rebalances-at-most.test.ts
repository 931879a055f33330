import { describe, expect, it } from 'vitest';
import { seconds } from '../core/time.ts';
import type { MemberEvent, RunEvent } from '../record/events.ts';
import type { Finding } from './checker.ts';
import { rebalancesAtMost, rebalancesAtMostChecker } from './rebalances-at-most.ts';
import { AT, type Draft, recordOf } from './test/a-record.ts';

type Told = readonly [t: number, member: string, act: MemberEvent['act'], group?: string];
const member = ([t, name, act, group = 'g']: Told): RunEvent => ({
  t,
  kind: 'member',
  group,
  member: name,
  act,
  assigned: [],
  seen: '',
});
const joined: readonly Told[] = [
  [100, 'c0', 'rebalancing'],
  [200, 'c0', 'assigned'],
  [100, 'c1', 'rebalancing'],
  [250, 'c1', 'assigned'],
];
const check = (
  told: readonly Told[],
  promise: Parameters<typeof rebalancesAtMost>[0] = { count: 1, each: seconds(5) },
  change: (draft: Draft) => void = () => {},
): Finding =>
  rebalancesAtMostChecker.check(
    recordOf((draft) => {
      draft.events.push(...told.map(member));
      change(draft);
    }),
    rebalancesAtMost(promise).params,
  );

describe('rebalances-at-most', () => {
  it('does not count joining before the load, and counts an eager rebalance of all as one', () => {
    const finding = check([
      ...joined,
      [30_000, 'c0', 'rebalancing'],
      [31_500, 'c1', 'rebalancing'],
      [32_000, 'c0', 'assigned'],
      [32_100, 'c1', 'assigned'],
    ]);
    expect(finding).toMatchObject({
      outcome: 'pass',
      because: '1 rebalances of 2 members, the longest 2.1 s',
      looked: { at: 2 },
      measured: [
        { name: 'rebalances', value: 1, bound: 'at most 1' },
        { name: 'longest rebalance', value: 2_100, bound: 'at most 5 s' },
      ],
    });
  });

  it('fails with how often a group rebalanced', () => {
    const twice: readonly Told[] = [
      ...joined,
      [30_000, 'c0', 'rebalancing'],
      [30_100, 'c0', 'assigned'],
      [40_000, 'c1', 'rebalancing'],
      [40_100, 'c1', 'assigned'],
    ];
    expect(check(twice)).toMatchObject({
      outcome: 'fail',
      because: 'REBALANCES_TOO_MANY g: rebalanced 2 times, at most 1 is promised (at 30 s, 40 s)',
    });
    const elsewhere = twice.map(([t, name, act]): Told => [t, name, act, `of ${name}`]);
    expect(check(elsewhere).outcome).toBe('pass');
  });

  it('fails with a member that waited too long, or for ever', () => {
    const slow: readonly Told[] = [
      ...joined,
      [30_000, 'c0', 'rebalancing'],
      [36_000, 'c0', 'assigned'],
    ];
    expect(check(slow).because).toBe(
      'REBALANCE_TOO_LONG g: c0 was without an assignment for 6 s from 30 s on, at most 5 s is ' +
        'promised',
    );
    const never = check([...joined, [50_000, 'c0', 'rebalancing']]);
    expect(never.because).toMatch(/c0 was without an assignment for at least 11 s from 50 s on/);
  });

  it('does not wait for a member that left or crashed', () => {
    const finding = check([...joined, [30_000, 'c0', 'rebalancing'], [31_000, 'c0', 'crashed']]);
    expect(finding.outcome).toBe('pass');
  });

  it('is inconclusive about a member that still waited, for less than the limit, at the end', () => {
    const finding = check([...joined, [AT.loadEnd - 1_000, 'c0', 'rebalancing']]);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toBe('c0 still waited at the end');
  });

  it('is inconclusive without a member that was ever assigned anything', () => {
    const finding = check([[100, 'c0', 'rebalancing']]);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.looked.at).toBe(0);
  });

  it('says its limits', () => {
    const say = (promise: Parameters<typeof rebalancesAtMost>[0]) =>
      rebalancesAtMostChecker.statement(rebalancesAtMost(promise).params);
    expect(say({ count: 0 })).toBe('the consumer group rebalances at most 0 times');
    expect(say({ count: 1, each: seconds(5) })).toBe(
      'the consumer group rebalances at most once, each time for at most 5 s',
    );
  });
});
