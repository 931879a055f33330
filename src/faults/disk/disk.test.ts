import { describe, expect, it } from 'vitest';
import { rngOf } from '../../core/rng.ts';
import { bytes, mebibytes } from '../../core/units.ts';
import { virtualClock } from '../../core/virtual-clock.ts';
import type { Controls, Node, NodeState, RoleSpec } from '../../environments/node.ts';
import type { Sut } from '../../systems/system.ts';
import type { EngageInput, FaultKind } from '../fault.ts';
import { diskFailed } from './disk-failed.ts';
import { diskFull } from './disk-full.ts';

const never = new AbortController().signal;

/** A broker with one disk, that halts when it cannot write; `bites` says whether harm works. */
function aBroker({ bites, halts }: { readonly bites: boolean; readonly halts: boolean }) {
  const disk = { free: 1_000_000, failed: false };
  const heard: string[] = [];
  let lives = 1;
  let state: NodeState = { state: 'up', incarnation: 'life 1', ended: null };
  const end = (ended: string): void => {
    if (state.state === 'up') state = { state: 'down', incarnation: null, ended };
  };
  const suffer = (): void => {
    if (halts) end('exit code 1');
  };
  const volumes: Partial<Controls['volumes']> = {
    free: async () => disk.free,
    fill: async () => {
      heard.push('fill');
      if (!bites) return;
      disk.free = 0;
      suffer();
    },
    drain: async () => {
      heard.push(`drain while ${state.state}`);
      disk.free = 1_000_000;
    },
    fail: async () => {
      heard.push('fail');
      if (!bites) return;
      disk.failed = true;
      suffer();
    },
    mend: async () => {
      heard.push(`mend while ${state.state}`);
      disk.failed = false;
    },
  };
  const process: Partial<Controls['process']> = {
    kill: async () => end('signal SIGKILL'),
    start: async () => {
      lives += 1;
      const works = disk.free > 0 && !disk.failed;
      state = works
        ? { state: 'up', incarnation: `life ${lives}`, ended: null }
        : { state: 'down', incarnation: null, ended: 'exit code 1' };
      return `life ${lives}`;
    },
  };
  const node = {
    id: 'broker-1',
    role: 'broker',
    look: async () => state,
    control: (kind: string) => (kind === 'process' ? process : volumes),
  } as unknown as Node;
  const clock = virtualClock();
  let syncedAt = Number.POSITIVE_INFINITY;
  const sut = {
    answers: async () => state.state === 'up',
    leadership: async () => {
      if (lives > 1) syncedAt = Math.min(syncedAt, clock.now() + 3_000);
      const isr = clock.now() >= syncedAt ? ['broker-1', 'broker-2'] : ['broker-2'];
      const replicas = ['broker-1', 'broker-2'];
      return [{ topic: 'orders', partition: 0, leader: 'broker-2', epoch: 1, replicas, isr }];
    },
  } as Partial<Sut> as Sut;
  const input: EngageInput = {
    targets: [node],
    others: null,
    params: {},
    sut,
    topics: ['orders'],
    links: null,
    group: null,
    members: [],
    clock,
    rng: rngOf('s'),
    signal: never,
  };
  return { input, heard };
}

describe.each<[string, FaultKind, string]>([
  ['disk-full', diskFull, 'drain while down'],
  ['disk-failed', diskFailed, 'mend while down'],
])('the fault %s', (name, fault, undone) => {
  it('bites when the node gives up, and is healed when it is in sync again', async () => {
    const { input, heard } = aBroker({ bites: true, halts: true });
    const engaged = await fault.engage(input);
    expect(engaged.mechanism).toMatch(/^data of broker-1: /);
    expect(await engaged.confirm(never)).toEqual({
      took: true,
      seen: 'broker-1 gave up (exit code 1)',
    });
    await engaged.heal(never);
    expect(heard.at(-1)).toBe(undone);
    expect(await engaged.confirmHeal(never)).toEqual({
      took: true,
      seen: 'broker-1 runs as life 2 and answers; back in sync everywhere',
    });
  });

  it('did not bite when the disk does as before, or the node does not mind', async () => {
    const looks = async (of: Parameters<typeof aBroker>[0]): Promise<string> => {
      const { input } = aBroker(of);
      const engaged = await fault.engage(input);
      const told = await engaged.confirm(never).catch((thrown: Error) => thrown.message);
      return typeof told === 'string' ? told : `${told.took}: ${told.seen}`;
    };
    const bored = await looks({ bites: false, halts: true });
    expect(bored).toMatch(
      /^false: broker-1: 976\.6 KiB of its volume are free|broker-1 gives up.*up, answers/,
    );
    expect(await looks({ bites: true, halts: false })).toMatch(/broker-1 gives up.*up, answers/);
  });

  it('is refused where the volume has no limit', () => {
    const broker: RoleSpec = {
      role: 'broker',
      count: 3,
      countMax: 3,
      ports: [],
      volumes: ['data'],
      memory: bytes(1),
    };
    const misfits = (roles: readonly RoleSpec[]) =>
      fault.misfits?.({ target: { role: 'broker' }, params: {} }, { roles, topics: [] });
    expect(misfits([broker])).toEqual([
      `fault ${name}: volume "data" of role "broker" has no limit (kafka.dataLimitMiB gives brokers one)`,
    ]);
    expect(misfits([{ ...broker, volumeLimits: { data: mebibytes(64) } }])).toEqual([]);
    expect(fault.problems({ volume: 3, size: 1 })).toHaveLength(2);
  });
});
