import { describe, expect, it } from 'vitest';
import { openScope } from '../core/scope.ts';
import { virtualClock } from '../core/virtual-clock.ts';
import type { NodeState } from '../environments/node.ts';
import type { EventBody } from '../record/events.ts';
import type { Sut } from '../systems/system.ts';
import { HeldNodes } from './held-nodes.ts';
import { nodesWatch } from './nodes.ts';

function watched() {
  const clock = virtualClock();
  const scope = openScope('test', clock);
  const held = new HeldNodes();
  const watch = nodesWatch(held);
  const told: EventBody[] = [];
  let now: NodeState = { state: 'up', incarnation: 'first', ended: null };
  const look = async (): Promise<boolean | undefined> => {
    const before = told.length;
    await watch.look({
      sut: { nodes: [{ id: 'broker-1', look: async () => now }] } as unknown as Sut,
      topics: [],
      group: null,
      recorder: { event: (event) => told.push(event), samples: () => {}, deliveries: () => {} },
      clock,
      scope,
      signal: scope.signal,
    });
    const last = told.at(-1);
    return told.length > before && last?.kind === 'node' ? last.expected : undefined;
  };
  const set = (next: Partial<NodeState>): void => {
    now = { ...now, ...next };
  };
  return { held, look, set, told };
}

describe('nodesWatch', () => {
  it('tells a death that nobody had a hand in, and how it was', async () => {
    const { look, set, told } = watched();
    expect(await look()).toBe(true);
    expect(await look()).toBeUndefined();
    set({ state: 'down', incarnation: null, ended: 'exit code 1' });
    expect(await look()).toBe(false);
    expect(told.at(-1)).toMatchObject({ state: 'down', ended: 'exit code 1' });
  });

  it('expects what a held node does, and its return when it was let go before the look', async () => {
    const { held, look, set } = watched();
    await look();
    held.add('broker-1');
    set({ state: 'down', incarnation: null });
    expect(await look()).toBe(true);
    set({ state: 'up', incarnation: 'second' });
    held.delete('broker-1');
    expect(await look()).toBe(true);
    set({ incarnation: 'third' });
    expect(await look()).toBe(false);
  });

  it('expects what happened to a node that was held and let go between two looks', async () => {
    const { held, look, set } = watched();
    await look();
    held.add('broker-1');
    held.delete('broker-1');
    set({ incarnation: 'second' });
    expect(await look()).toBe(true);
  });
});
