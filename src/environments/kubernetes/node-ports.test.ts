import { describe, expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { nodePortsOf, takenIn } from './node-ports.ts';

const POOL = { host: '127.0.0.1', first: 30_900, last: 30_905 };
const PLACE = { namespace: 'highwater-a', label: 'a' };

type Ports = readonly { readonly nodePort?: number }[];

/** As an API server has it: one service a number, and the first that is taken is told. */
function clusterWhere(taken: Set<number>): Cluster {
  const create = async ({ spec }: { spec: { ports: Ports } }): Promise<void> => {
    const numbers = spec.ports.map(({ nodePort = 0 }) => nodePort);
    const clash = numbers.find((each) => taken.has(each));
    for (const each of clash === undefined ? numbers : []) taken.add(each);
    if (clash === undefined) return;
    const message =
      `Service "x" is invalid: spec.ports[0].nodePort: Invalid value: ${clash}: ` +
      'provided port is already allocated';
    throw Object.assign(new Error('422'), { code: 422, body: { message } });
  };
  return { objects: { create } } as unknown as Cluster;
}

describe('ports of the pool', () => {
  it('are taken from those that no other service has', async () => {
    const taken = new Set([30_900, 30_902, 30_903]);
    const ports = nodePortsOf(clusterWhere(taken), PLACE, POOL);
    const opened = await ports.open('broker-1', [9092, 9093, 9094]);
    expect(opened.map(({ port }) => port)).toEqual([9092, 9093, 9094]);
    const numbers = new Set(opened.map(({ nodePort }) => nodePort));
    expect(numbers).toEqual(new Set([30_901, 30_904, 30_905]));
  });

  it('are given to nodes side by side without a number twice', async () => {
    const ports = nodePortsOf(clusterWhere(new Set()), PLACE, POOL);
    const opened = await Promise.all(['a', 'b', 'c'].map((node) => ports.open(node, [1, 2])));
    expect(new Set(opened.flat().map(({ nodePort }) => nodePort)).size).toBe(6);
  });

  it('run out with an error that says who has them', async () => {
    const ports = nodePortsOf(clusterWhere(new Set([30_901])), PLACE, POOL);
    await expect(ports.open('a', [1, 2, 3, 4, 5, 6])).rejects.toThrow(
      /no free port left among 30900/,
    );
  });

  it('are not taken for the cause of another refusal', () => {
    const other = { code: 422, body: { message: 'nodePort 30900 is not in the valid range' } };
    expect(takenIn(other, [{ port: 1, nodePort: 30_900 }])).toEqual([]);
    expect(takenIn({ code: 403 }, [{ port: 1, nodePort: 30_900 }])).toEqual([]);
  });
});
