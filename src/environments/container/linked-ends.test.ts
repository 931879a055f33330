import { expect, it } from 'vitest';
import { mebibytes } from '../../core/units.ts';
import { portBlock } from '../addresses/address-plan.ts';
import type { RoleSpec } from '../node.ts';
import { linkedEnds } from './linked-ends.ts';

it('links lead to ports of peers and of load, and dialers are behind the ports of a role', () => {
  const role: RoleSpec = {
    role: 'broker',
    count: 1,
    countMax: 2,
    ports: [{ name: 'main', from: ['peer', 'load', 'check'] }],
    volumes: [],
    memory: mebibytes(1),
  };
  const { nodes, ports, dialerOf } = linkedEnds([role], portBlock(0));
  expect(nodes).toEqual(['broker-1', 'broker-2']);
  expect(ports.slice(2)).toEqual([
    {
      node: 'broker-2',
      name: 'main',
      port: 20_009,
      isLoad: false,
      at: { host: 'broker-2', port: 20_009 },
    },
    {
      node: 'broker-2',
      name: 'main',
      port: 20_010,
      isLoad: true,
      at: { host: '127.0.0.1', port: 20_010 },
    },
  ]);
  expect(dialerOf('broker-2')).toEqual({ host: '127.0.0.1', port: 20_012 });
  expect(() => dialerOf('broker-3')).toThrow('node "broker-3" was not reserved');
});
