import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { realClock } from '../../core/clock.ts';
import { openScope } from '../../core/scope.ts';
import { minutes, seconds } from '../../core/time.ts';
import { type VirtualClock, virtualClock } from '../../core/virtual-clock.ts';
import type { LinkClass, RunContext } from '../environment.ts';
import { LOAD_END } from '../links.ts';
import type { LinkedPort } from './linked-port.ts';
import { type NetLinks, openNetLinks } from './net-links.ts';
import { FakeNetwork } from './testing/fake-network.ts';

const NODES = ['a', 'b', 'c'] as const;
type Name = (typeof NODES)[number];
const ADDRESS: Readonly<Record<Name, string>> = { a: '10.0.0.1', b: '10.0.0.2', c: '10.0.0.3' };

/** As in Kubernetes: every node has the same numbers inside, and load comes by another one. */
const PORTS: readonly LinkedPort[] = NODES.flatMap((node, index) => [
  { node, name: 'main', port: 9092, isLoad: false, at: { host: node, port: 9092 } },
  { node, name: 'main', port: 9093, isLoad: true, at: { host: '127.0.0.1', port: 30_100 + index } },
]);

interface World {
  readonly clock: VirtualClock;
  readonly links: NetLinks;
  readonly progress: string[];
  /** Joins a node by a new network, which becomes the node's. */
  join(node: Name, address?: string): Promise<FakeNetwork>;
  readonly of: Record<Name, FakeNetwork>;
  close(): Promise<void>;
}

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function worldOf({
  joined = NODES as readonly Name[],
  classes = ['peer', 'load'] as readonly LinkClass[],
} = {}): Promise<World> {
  const scope = openScope('run', realClock());
  const clock = virtualClock();
  const progress: string[] = [];
  const run: RunContext = {
    run: 'r',
    directory: '/nowhere',
    scope,
    leases: { intend: () => expect.fail('a lease'), held: () => [] },
    signal: scope.signal,
    progress: (text) => progress.push(text),
  };
  const dialerOf = () => ({ host: '127.0.0.1', port: 1 });
  const links = await openNetLinks({ nodes: NODES, ports: PORTS, dialerOf, classes, clock }, run);
  const of = {} as Record<Name, FakeNetwork>;
  const world: World = {
    clock,
    links,
    progress,
    of,
    join: async (node, address = ADDRESS[node]) => {
      of[node] = new FakeNetwork(clock);
      await links.joined(node, { address, shell: of[node].shell });
      return of[node];
    },
    close: async () => {
      expect((await scope.close()).failures).toBe(0);
    },
  };
  worlds.push(world);
  for (const node of joined) await world.join(node);
  return world;
}

const CUT = { cut: true };

describe('a cut', () => {
  it('is in the filter of whoever receives, until it is healed', async () => {
    const { links, of } = await worldOf();
    await links.set('a', 'b', CUT);
    await links.set('c', 'b', CUT);
    expect(of.b.held()).toEqual(['from_peer 10.0.0.1', 'from_peer 10.0.0.3']);
    expect(of.a.held()).toEqual([]);
    expect((await links.look('a', 'b')).state.cut).toBe(true);
    expect((await links.look('b', 'a')).state.cut).toBe(false);
    await links.heal('b', 'a');
    await links.heal('a', 'b');
    expect(of.b.held()).toEqual(['from_peer 10.0.0.3']);
  });

  it('of load clients is by the number that the node listens at', async () => {
    const { links, of } = await worldOf();
    expect(links.ways(LOAD_END, 'b')).toEqual([
      { port: 'main', at: { host: '127.0.0.1', port: 30_101 } },
    ]);
    await links.set(LOAD_END, 'b', CUT);
    await links.set('b', LOAD_END, CUT);
    expect(of.b.held()).toEqual(['from_load 9093', 'to_load 9093']);
    await links.heal('b', LOAD_END);
    expect(of.b.held()).toEqual([]);
  });

  it('is renewed for as long as the run lives, and mends by itself afterwards', async () => {
    const world = await worldOf();
    const { links, of, clock } = world;
    await links.set('a', 'b', CUT);
    const before = of.b.told.length;
    await clock.sleep(seconds(125));
    expect(of.b.held()).toEqual(['from_peer 10.0.0.1']);
    expect(of.b.told.length - before).toBe(12);
    expect(of.a.told).toHaveLength(1);
    await world.close();
    await clock.sleep(seconds(31));
    expect(of.b.held()).toEqual([]);
    expect(of.b).toMatchObject({ opened: 1, ended: 1 });
  });

  it('that cannot be renewed is told of', async () => {
    const { links, of, clock, progress } = await worldOf();
    await links.set('a', 'b', CUT);
    of.b.mood = 'failing';
    await clock.sleep(seconds(11));
    expect(progress).toMatchInlineSnapshot(`
      [
        "cuts at b could not be renewed: in the network of b: nft -f -: exit code 1: no such thing",
      ]
    `);
  });

  it('of which nobody knows whether it is in force is healed all the same', async () => {
    const { links, of } = await worldOf();
    of.b.mood = 'dying';
    await expect(links.set('a', 'b', CUT)).rejects.toThrow('the shell ended');
    expect(of.b.held()).toEqual(['from_peer 10.0.0.1']);
    of.b.mood = 'well';
    await links.heal('a', 'b');
    expect(of.b.held()).toEqual([]);
  });

  it('is refused of a node that was never launched', async () => {
    const { links, of } = await worldOf({ joined: ['a'] });
    await expect(links.set('a', 'b', CUT)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: b was not launched: it has no links yet]`,
    );
    await expect(links.set('b', 'a', CUT)).rejects.toThrow('b was not launched');
    await expect(links.look('b', 'a')).rejects.toThrow('b was not launched');
    expect(of.a.held()).toEqual([]);
  });

  it('is the only harm on offer', async () => {
    const { links } = await worldOf();
    await expect(links.set('a', 'b', { delayMs: 5 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: links by packet filters can be cut, not "delayMs"]`,
    );
    await expect(links.reset('a', 'b')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HighwaterError: links by packet filters can be cut, not reset]`,
    );
  });
});

describe('a node that is away', () => {
  it('is held back by its old address no longer, and has no connections', async () => {
    const { links, of } = await worldOf();
    of.a.sockets = '0 7 10.0.0.1:40000 10.0.0.2:9092 cubic retrans:1/2\n';
    expect(await links.look('a', 'b')).toMatchObject({ connections: 1, heldBytes: 7 });
    await links.set('a', 'b', CUT);
    await links.set('b', 'a', CUT);
    const old = of.b;
    await links.left('b');
    await links.left('b');
    expect(old).toMatchObject({ opened: 1, ended: 1 });
    expect(of.a.held()).toEqual([]);
    const none = { state: { cut: true }, connections: 0, passedBytes: 0, heldBytes: 0 };
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'a'],
      ['b', LOAD_END],
      [LOAD_END, 'b'],
    ] as const) {
      const cut = from !== LOAD_END && to !== LOAD_END;
      expect(await links.look(from, to)).toMatchObject({ ...none, state: { cut } });
    }
    expect(await links.around('a', 'b')).toEqual([]);
  });

  it('has what is cut in force again when it joins with another address', async () => {
    const { links, of, join, clock } = await worldOf();
    await links.set('a', 'b', CUT);
    await links.set('b', 'a', CUT);
    await links.set(LOAD_END, 'b', CUT);
    await links.left('b');
    await clock.sleep(seconds(60));
    await join('b', '10.0.0.9');
    // At once, and with the rules: the network was never without.
    expect(of.b.told).toHaveLength(1);
    expect(of.b.held()).toEqual(['from_load 9093', 'from_peer 10.0.0.1']);
    expect(of.a.held()).toEqual(['from_peer 10.0.0.9']);
    await clock.sleep(minutes(1));
    expect(of.b.held()).toEqual(['from_load 9093', 'from_peer 10.0.0.1']);
    expect(of.a.held()).toEqual(['from_peer 10.0.0.9']);
    await links.heal('a', 'b');
    await links.heal(LOAD_END, 'b');
    expect([...of.a.held(), ...of.b.held()]).toEqual([]);
  });

  it('can be cut meanwhile', async () => {
    const { links, of, join } = await worldOf();
    await links.left('b');
    await links.set('a', 'b', CUT);
    await links.set('b', 'a', CUT);
    await links.set('b', LOAD_END, CUT);
    expect(of.a.held()).toEqual([]);
    await join('b');
    expect(of.b.held()).toEqual(['from_peer 10.0.0.1', 'to_load 9093']);
    expect(of.a.held()).toEqual(['from_peer 10.0.0.2']);
  });

  it('can be healed meanwhile', async () => {
    const { links, of, join, clock } = await worldOf();
    await links.set('a', 'b', CUT);
    await links.set('b', 'a', CUT);
    await links.left('b');
    await links.heal('a', 'b');
    await join('b', '10.0.0.9');
    await clock.sleep(seconds(15));
    expect([...of.a.held(), ...of.b.held()]).toEqual([]);
    expect((await links.look('b', 'a')).state.cut).toBe(false);
  });

  it('gives its address to another, which is not held back for it', async () => {
    const { links, of, join } = await worldOf();
    await links.set('a', 'c', CUT);
    await links.set('b', 'c', CUT);
    await links.left('a');
    await links.left('b');
    await join('b', ADDRESS.a);
    expect(of.c.held()).toEqual(['from_peer 10.0.0.1']);
    await links.heal('b', 'c');
    expect(of.c.held()).toEqual([]);
    await join('a', ADDRESS.b);
    expect(of.c.held()).toEqual(['from_peer 10.0.0.2']);
  });

  it('joins without having left, and its old shell is closed', async () => {
    const { links, of, join } = await worldOf();
    await links.set('b', 'a', CUT);
    const old = of.b;
    await join('b', '10.0.0.9');
    expect(old).toMatchObject({ opened: 1, ended: 1 });
    expect(of.a.held()).toEqual(['from_peer 10.0.0.9']);
  });

  it('goes while it is being told, and nothing fails', async () => {
    const { links, of, join } = await worldOf();
    of.b.mood = 'mute';
    const set = links.set('a', 'b', CUT);
    const look = links.look('b', 'a');
    await links.left('b');
    await set;
    expect(await look).toMatchObject({ connections: 0 });
    await join('b');
    of.b.mood = 'mute';
    const again = links.set('c', 'b', CUT);
    await join('b');
    await again;
    expect(of.b.held()).toEqual(['from_peer 10.0.0.1', 'from_peer 10.0.0.3']);
  });

  it('is let go of later by a peer that cannot be told at once', async () => {
    const { links, of, clock } = await worldOf();
    await links.set('b', 'a', CUT);
    await links.set('c', 'a', CUT);
    of.a.mood = 'failing';
    await links.left('b');
    expect(of.a.held()).toEqual(['from_peer 10.0.0.2', 'from_peer 10.0.0.3']);
    of.a.mood = 'well';
    await clock.sleep(seconds(10));
    expect(of.a.held()).toEqual(['from_peer 10.0.0.3']);
  });

  it('that cannot be cut off when it joins says so', async () => {
    const { links, of, join } = await worldOf();
    await links.set('b', 'a', CUT);
    await links.left('b');
    of.a.mood = 'dying';
    await expect(join('b')).rejects.toThrow('in the network of a: the shell ended');
  });
});

describe('whoever goes around a link', () => {
  it('is at an address that no node has or had', async () => {
    const { links, of, join } = await worldOf();
    await links.left('b');
    await join('b', '10.0.0.9');
    const to = (remote: string): string => `0 0 10.0.0.1:40000 ${remote} cubic\n`;
    // To b, to c at the same number, to where b was, to itself, to something else of a stranger.
    of.a.sockets = [
      '10.0.0.9:9092',
      '10.0.0.3:9092',
      '10.0.0.2:9092',
      '127.0.0.1:9092',
      '8.8.8.8:53',
    ]
      .map(to)
      .join('');
    expect(await links.around('a', 'b')).toEqual([]);
    of.a.sockets = `${to('172.18.0.2:30101')}${to('10.96.0.7:9092')}`;
    expect(await links.around('a', 'b')).toMatchInlineSnapshot(`
      [
        "a is connected to b past their link: 10.0.0.1:40000 to 172.18.0.2:30101",
        "a is connected to b past their link: 10.0.0.1:40000 to 10.96.0.7:9092",
      ]
    `);
    expect(await links.around(LOAD_END, 'a')).toEqual([]);
  });
});

describe('ways', () => {
  it('of peers go by relays of this machine, which end with the run', async () => {
    const world = await worldOf({ classes: ['peer'] });
    const { links } = world;
    expect(links.ways(LOAD_END, 'b')).toEqual([]);
    expect(links.ways('b', LOAD_END)).toEqual([]);
    const [way, ...others] = links.ways('a', 'b');
    expect(others).toEqual([]);
    expect(way).toMatchObject({ port: 'main', at: { host: '127.0.0.1' } });
    const comes = () =>
      new Promise<string>((resolve) => {
        const socket = connect(way?.at.port ?? 0, '127.0.0.1');
        socket.once('connect', () => resolve('taken'));
        socket.once('error', () => resolve('refused'));
        socket.once('connect', () => socket.destroy());
      });
    expect(await comes()).toBe('taken');
    await world.close();
    expect(await comes()).toBe('refused');
  });
});
