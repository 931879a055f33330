import { describe, expect, it } from 'vitest';
import { mebibytes } from '../../core/units.ts';
import type { RoleSpec } from '../node.ts';
import {
  addressBlock,
  addressBlockCount,
  misfits,
  NODES_MAX,
  placeNodes,
  portBlock,
  portBlockCount,
  slotOf,
  slotsOfRole,
} from './address-plan.ts';

const role = (name: string, countMax: number, count = countMax): RoleSpec => ({
  role: name,
  count,
  countMax,
  ports: [
    { name: 'client', from: ['load', 'check'] },
    { name: 'inner', from: ['peer'] },
  ],
  volumes: ['data'],
  memory: mebibytes(64),
});

describe('a block of loopback addresses', () => {
  it('gives every node an address of its own and the same ports', () => {
    const block = addressBlock(7, 9092);
    expect(block.name).toBe('127.23.0');
    expect(block.endpoint(0, 0)).toEqual({ host: '127.23.0.1', port: 9092 });
    expect(block.endpoint(2, 1)).toEqual({ host: '127.23.0.3', port: 9093 });
  });

  it('has a guard that is no address of a node, below the ports that the kernel gives out', () => {
    for (const ordinal of [0, addressBlockCount - 1]) {
      const { guard } = addressBlock(ordinal, 9092);
      expect(Number(guard.host.split('.')[3])).toBeGreaterThan(NODES_MAX);
      expect(guard.port).toBeLessThan(32_768);
    }
  });
});

describe('a block of ports', () => {
  it('overlaps with no other, guard included, and stays below what the kernel gives out', () => {
    const seen = new Set<number>();
    for (let ordinal = 0; ordinal < portBlockCount; ordinal += 1) {
      const block = portBlock(ordinal);
      const ports = [block.guard.port];
      for (let node = 0; node < 50; node += 1) {
        for (let slot = 0; slot < 8; slot += 1) ports.push(block.endpoint(node, slot).port);
      }
      for (const port of ports) {
        expect(seen.has(port)).toBe(false);
        seen.add(port);
        expect(port).toBeLessThan(32_768);
      }
    }
    expect(seen.size).toBe(portBlockCount * 401);
  });
});

describe('placing nodes', () => {
  it('numbers the nodes of all roles through, up to what may be added later', () => {
    const placed = placeNodes([role('broker', 3, 2), role('controller', 1)]);
    expect([...placed].map(([id, { index }]) => [id, index])).toEqual([
      ['broker-1', 0],
      ['broker-2', 1],
      ['broker-3', 2],
      ['controller-1', 3],
    ]);
  });

  it('has one port number for each pair of port and vantage', () => {
    expect(slotsOfRole(role('broker', 1))).toEqual([
      { port: 'client', from: 'load', also: [] },
      { port: 'client', from: 'check', also: [] },
      { port: 'inner', from: 'peer', also: [] },
    ]);
  });

  it('has one for all who come to a port of software that can listen only once', () => {
    const ports = [{ name: 'client', from: ['peer', 'check'], oneListener: true }] as const;
    const server = { ...role('zookeeper', 1), ports };
    expect(slotsOfRole(server)).toEqual([{ port: 'client', from: 'peer', also: ['check'] }]);
    expect(slotOf(server, 'client', 'check')).toBe(0);
    expect(slotOf(server, 'client', 'peer')).toBe(0);
    expect(slotOf(server, 'client', 'load')).toBe(-1);
  });
});

describe('what does not fit', () => {
  it('is nothing for a cluster of usual size', () => {
    expect(misfits([role('broker', 5, 3), role('controller', 3)], true)).toEqual([]);
  });

  it('is told all at once', () => {
    const ports = Array.from({ length: 9 }, (_, index) => ({
      name: `p${index}`,
      from: ['peer'] as const,
    }));
    const roles = [{ ...role('broker', 251), ports }, role('zk', 1, 2), role('zk', 1)];
    expect(misfits(roles, true)).toEqual([
      '253 nodes, at most 250 have addresses here',
      'role broker has 9 ports, at most 8 fit',
      'role zk starts 2 nodes, its countMax is 1',
      'role zk is there twice',
    ]);
    expect(misfits([role('broker', 51)], false)).toEqual([
      '51 nodes, at most 50 have addresses here',
    ]);
  });
});
