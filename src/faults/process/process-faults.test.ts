import { describe, expect, it } from 'vitest';
import { rngOf } from '../../core/rng.ts';
import { virtualClock } from '../../core/virtual-clock.ts';
import type { Node } from '../../environments/node.ts';
import type { Sut } from '../../systems/system.ts';
import type { EngageInput } from '../fault.ts';
import { down } from './down.ts';
import { pause } from './pause.ts';
import { restart } from './restart.ts';
import { stop } from './stop.ts';

const ORDERS = { topic: 'orders', partition: 0 };

describe('the parameters of faults on processes', () => {
  it('are few, and what is not one of them is a problem', () => {
    expect([stop, pause, restart, down].map((fault) => fault.problems({}))).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect([
      ...stop.problems({ hard: true }),
      ...pause.problems({ long: 3 }),
      ...restart.problems({ hard: 'very', soft: true }),
      ...down.problems({ lastCopy: true }),
      ...down.problems({ wipe: 'all', lastCopy: false }),
    ]).toEqual([
      'fault stop: unknown parameter "hard" (it has none)',
      'fault pause: unknown parameter "long" (it has none)',
      'fault restart: unknown parameter "soft" (known: hard)',
      'fault restart: hard must be true or false',
      'fault down: lastCopy must be true, and goes with wipe',
      'fault down: wipe must be { topic, partition }',
      'fault down: lastCopy must be true, and goes with wipe',
    ]);
  });

  it('decide what an environment has to offer', () => {
    expect(stop.needs({})).toEqual(['process.terminate', 'process.start']);
    expect(pause.needs({})).toEqual(['process.pause']);
    expect(restart.needs({})).toEqual(['process.terminate', 'process.start']);
    expect(restart.needs({ hard: true })).toEqual(['process.kill', 'process.start']);
    expect(down.needs({ wipe: ORDERS })).toContain('volume.wipe');
  });
});

describe('a wipe of what may be the last copy', () => {
  /** Wipes the replica of broker-1; gives what was done to it before anything went wrong. */
  async function wipe(isr: readonly string[], params: EngageInput['params']): Promise<string[]> {
    const done: string[] = [];
    let isUp = true;
    const process = {
      kill: async () => {
        done.push('kill');
        isUp = false;
      },
    };
    const volumes = {
      list: async () => [{ path: 'orders-0/0.log', bytes: 1 }],
      wipe: async () => void done.push('wipe'),
    };
    const node = {
      id: 'broker-1',
      role: 'broker',
      look: async () => ({ state: isUp ? 'up' : 'down', incarnation: isUp ? 'one' : null }),
      control: (kind: string) => (kind === 'process' ? process : volumes),
    } as unknown as Node;
    const sut = {
      leadership: async () => [{ ...ORDERS, leader: 'broker-1', epoch: 1, replicas: isr, isr }],
      replicaFolder: () => ({ volume: 'data', folder: 'orders-0' }),
    } as Partial<Sut> as Sut;
    const engaging = down.engage({
      targets: [node],
      others: null,
      params: { wipe: ORDERS, ...params },
      sut,
      topics: ['orders'],
      links: null,
      group: null,
      members: [],
      clock: virtualClock(),
      rng: rngOf('s'),
      signal: new AbortController().signal,
    });
    await engaging.catch((thrown: Error) => done.push(thrown.message));
    return done;
  }

  it('is done while somebody else is in sync', async () => {
    expect(await wipe(['broker-1', 'broker-2'], {})).toEqual(['kill', 'wipe']);
  });

  it('is not done when nobody else is, and nobody is killed for it', async () => {
    expect(await wipe(['broker-1'], {})).toEqual([
      'the last copy of orders-0 is not wiped: in sync is broker-1',
    ]);
  });

  it('is done all the same when the step says that it means just that', async () => {
    expect(await wipe(['broker-1'], { lastCopy: true })).toEqual(['kill', 'wipe']);
  });
});
