import type { V1Node } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { isClosed, unreadyNodes } from './settle.ts';

const node = (name: string, ready: string): V1Node => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});

describe('nodes that are not ready', () => {
  it('are those that say so, say nothing, or have not joined yet', () => {
    const found = [node('a', 'True'), node('b', 'False'), { metadata: { name: 'c' } }];
    expect(unreadyNodes(['a', 'b', 'd'], found)).toEqual(['b', 'd', 'c']);
    expect(unreadyNodes(['a'], [node('a', 'True')])).toEqual([]);
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }];
    const joining = Object.assign(node('a', 'True'), { spec: { taints } });
    expect(unreadyNodes(['a'], [joining])).toEqual(['a']);
  });
});

describe('a node', () => {
  it('is closed to pods only by the taint of the control plane', () => {
    const tainted = (key: string): V1Node => ({
      spec: { taints: [{ key, effect: 'NoSchedule' }] },
    });
    expect(isClosed(tainted('node-role.kubernetes.io/control-plane'))).toBe(true);
    expect(isClosed(tainted('node.kubernetes.io/unschedulable'))).toBe(false);
    expect(isClosed({})).toBe(false);
  });
});
