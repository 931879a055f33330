import { describe, expect, it } from 'vitest';
import type { NodeContainer } from './docker-command.ts';
import { whatBroke } from './look.ts';
import { DESCRIPTOR } from './testing/a-descriptor.ts';

const BEFORE = Date.parse(DESCRIPTOR.createdAt) - 20_000;
const NODES: readonly NodeContainer[] = [
  { id: 'id0', name: 'a-control-plane', state: 'running', startedAt: BEFORE },
  { id: 'id1', name: 'a-worker', state: 'running', startedAt: BEFORE },
];
const withWorker = (change: Partial<NodeContainer>) =>
  NODES.map((node) => (node.id === 'id1' ? { ...node, ...change } : node));

describe('a cluster of ours', () => {
  it.each([
    ['runs as it was made', NODES],
    ['is paused, which is no new life', withWorker({ state: 'paused' })],
    ['cannot be looked at', []],
  ])('is not broken when it %s', (_, found) => {
    expect(whatBroke(DESCRIPTOR, found)).toBeNull();
  });

  it.each([
    ['stopped', withWorker({ state: 'exited' }), 'a-worker stopped, as by a restart of the engine'],
    [
      'came back',
      withWorker({ startedAt: BEFORE + 20_001 }),
      'a-worker started again since it was made, as by a restart of the engine',
    ],
    ['was taken away', NODES.slice(0, 1), 'only a-control-plane left of its 2 containers'],
  ])('is broken when a container %s', (_, found, why) => {
    expect(whatBroke(DESCRIPTOR, found)).toBe(why);
  });
});
