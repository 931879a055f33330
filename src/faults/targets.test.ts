import { describe, expect, it } from 'vitest';
import { rngOf } from '../core/rng.ts';
import { seconds } from '../core/time.ts';
import { virtualClock } from '../core/virtual-clock.ts';
import type { Node } from '../environments/node.ts';
import type { TargetRule } from '../record/targets.ts';
import type { Leadership, Subject, Sut } from '../systems/system.ts';
import type { GroupMembers } from './fault.ts';
import { resolveTargets, sizeOf } from './targets.ts';

const ORDERS = { topic: 'orders', partition: 0 };
const BROKERS = ['broker-1', 'broker-2', 'broker-3'];
const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3'];

/** A system that answers as it is told to, at the port. */
function aSystem(tells: {
  readonly holder?: (of: Subject, now: number) => string | null;
  readonly isr?: (now: number) => readonly string[];
}) {
  const clock = virtualClock();
  const asked: Subject[] = [];
  const ids = [...CONTROLLERS, ...BROKERS];
  const sut = {
    nodes: ids.map((id) => ({ id, role: id.split('-')[0] }) as Node),
    holder: async (of: Subject) => {
      asked.push(of);
      return tells.holder?.(of, clock.now()) ?? null;
    },
    candidates: (of: Subject) => ('controller' in of ? CONTROLLERS : BROKERS),
    leadership: async (): Promise<readonly Leadership[]> => [
      {
        ...ORDERS,
        leader: 'broker-2',
        epoch: 1,
        replicas: BROKERS,
        isr: tells.isr?.(clock.now()) ?? BROKERS,
      },
    ],
  } satisfies Partial<Sut> as Partial<Sut> as Sut;
  const group = { name: 'g', ids: ['c0', 'c1', 'c2'] } as Partial<GroupMembers> as GroupMembers;
  const resolve = async (rule: TargetRule, seed = 's', groupName: string | null = 'g') => {
    const { nodes, members } = await resolveTargets(rule, {
      sut,
      groupName,
      group: groupName === null ? null : group,
      clock,
      rng: rngOf(seed),
      within: seconds(5),
      signal: new AbortController().signal,
    });
    return [...nodes.map(({ id }) => id), ...members];
  };
  return { resolve, asked };
}

/** What a rule comes to mean over many seeds. */
const over = async (resolve: (seed: string) => Promise<readonly string[]>): Promise<string[]> => {
  const seeds = Array.from({ length: 40 }, (_, seed) => `${seed}`);
  const all = await Promise.all(seeds.map(async (seed) => (await resolve(seed)).toSorted().join()));
  return [...new Set(all)].sort();
};

describe('a target rule means', () => {
  it('the holder of each office, asked for by its own name', async () => {
    const { resolve, asked } = aSystem({ holder: () => 'broker-3' });
    const offices = [ORDERS, 'controller', 'group', 'zookeeper', { transactionalId: 't' }] as const;
    for (const leaderOf of offices) expect(await resolve({ leaderOf })).toEqual(['broker-3']);
    expect(asked).toEqual([
      { leader: ORDERS },
      { controller: true },
      { group: 'g' },
      { zookeeper: 'leader' },
      { transactionalId: 't' },
    ]);
  });

  it('a holder that is elected a while later', async () => {
    const { resolve } = aSystem({ holder: (_, now) => (now < 1_500 ? null : 'broker-1') });
    expect(await resolve({ leaderOf: ORDERS })).toEqual(['broker-1']);
  });

  it('nobody when there is no holder in time, and says whom it looked for', async () => {
    const { resolve } = aSystem({ holder: () => null });
    await expect(resolve({ leaderOf: ORDERS })).rejects.toMatchObject({
      code: 'FAULT_FAILED',
      message: expect.stringContaining('leader of orders-0'),
    });
    await expect(resolve({ leaderOf: 'group' }, 's', null)).rejects.toThrow('no consumer group');
  });

  it('a follower that is in sync, by the seed', async () => {
    const { resolve } = aSystem({
      holder: () => 'broker-2',
      isr: () => ['broker-2', 'broker-3', 'broker-1'],
    });
    const followers = await over((seed) => resolve({ followerOf: ORDERS }, seed));
    expect(followers).toEqual(['broker-1', 'broker-3']);
    expect(await resolve({ followerOf: ORDERS }, 'x')).toEqual(
      await resolve({ followerOf: ORDERS }, 'x'),
    );
  });

  it('no follower that is behind, and none at all when the leader is alone', async () => {
    const behind = aSystem({ holder: () => 'broker-2', isr: () => ['broker-2', 'broker-1'] });
    expect(await over((seed) => behind.resolve({ followerOf: ORDERS }, seed))).toEqual([
      'broker-1',
    ]);
    const alone = aSystem({ holder: () => 'broker-2', isr: () => ['broker-2'] });
    await expect(alone.resolve({ followerOf: ORDERS })).rejects.toThrow(
      'orders-0 has no follower to hit',
    );
  });

  it('no follower that holds the office which is to be spared', async () => {
    const holder = (of: Subject) => ('controller' in of ? 'broker-3' : 'broker-2');
    const { resolve } = aSystem({ holder });
    const rule = { followerOf: ORDERS, but: 'controller' } as const;
    expect(await over((seed) => resolve(rule, seed))).toEqual(['broker-1']);
    const alone = aSystem({ holder, isr: () => ['broker-2', 'broker-3'] });
    await expect(alone.resolve(rule)).rejects.toThrow('orders-0 has no follower to hit');
  });

  it('of an office, one that could hold it and does not', async () => {
    const { resolve } = aSystem({ holder: () => 'controller-2' });
    const standby = await over((seed) => resolve({ followerOf: 'controller' }, seed));
    expect(standby).toEqual(['controller-1', 'controller-3']);
  });

  it('the last replica in sync, as soon as it is the last', async () => {
    const shrinking = aSystem({
      isr: (now) => (now < 2_000 ? BROKERS : now < 4_000 ? ['broker-3', 'broker-1'] : ['broker-3']),
    });
    expect(await shrinking.resolve({ lastInSyncOf: ORDERS })).toEqual(['broker-3']);
    const whole = aSystem({});
    await expect(whole.resolve({ lastInSyncOf: ORDERS })).rejects.toThrow(
      'one replica left in the in-sync set of orders-0',
    );
  });

  it('the first nodes of a role by number, and others by the seed as a share', async () => {
    const { resolve } = aSystem({});
    expect(await resolve({ role: 'broker' })).toEqual(['broker-1']);
    expect(await resolve({ role: 'broker', count: 2 })).toEqual(['broker-1', 'broker-2']);
    const share = (count: 'one' | 'minority' | 'majority' | 'all') =>
      over((seed) => resolve({ role: 'broker', count }, seed));
    expect(await share('one')).toEqual(BROKERS);
    expect(await share('minority')).toEqual(BROKERS);
    const pairs = ['broker-1,broker-2', 'broker-1,broker-3', 'broker-2,broker-3'];
    expect(await share('majority')).toEqual(pairs);
    expect(await share('all')).toEqual([BROKERS.join()]);
  });

  it('nodes by name, and none that there is not', async () => {
    const { resolve } = aSystem({});
    expect(await resolve({ nodes: ['broker-3', 'controller-1'] })).toEqual([
      'broker-3',
      'controller-1',
    ]);
    await expect(resolve({ nodes: ['broker-9'] })).rejects.toThrow('no node "broker-9"');
  });

  it('members of the group by name or share, of a workload that has one', async () => {
    const { resolve } = aSystem({});
    expect(await resolve({ members: ['c2'] })).toEqual(['c2']);
    expect(await resolve({ members: 'all' })).toHaveLength(3);
    expect(await over((seed) => resolve({ members: 'one' }, seed))).toEqual(['c0', 'c1', 'c2']);
    await expect(resolve({ members: ['c9'] })).rejects.toThrow('no member "c9"');
    await expect(resolve({ members: 'one' }, 's', null)).rejects.toThrow('no consumer group');
  });
});

describe('a share of so many', () => {
  it('is a minority when a majority is left, and a majority when it is not', () => {
    const of = (count: number) =>
      (['one', 'minority', 'majority', 'all'] as const).map((share) => sizeOf(share, count));
    expect([1, 2, 3, 4, 5].map(of)).toEqual([
      [1, 0, 1, 1],
      [1, 0, 2, 2],
      [1, 1, 2, 3],
      [1, 1, 3, 4],
      [1, 2, 3, 5],
    ]);
  });
});
