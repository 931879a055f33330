import { describe, expect, it } from 'vitest';
import { mebibytes } from '../../core/units.ts';
import { portBlock } from '../addresses/address-plan.ts';
import { inside } from '../images/paths.ts';
import type { RoleSpec } from '../node.ts';
import { containerBook } from './container-book.ts';

const role: RoleSpec = {
  role: 'broker',
  count: 1,
  countMax: 2,
  ports: [{ name: 'main', from: ['peer', 'load', 'check'] }],
  volumes: ['data'],
  memory: mebibytes(1),
};
const book = containerBook([role], portBlock(0), null);

describe('the address book of a run in containers', () => {
  it('has a number for each port of each node, the same inside and out', () => {
    expect(book.at('broker-2', 'main', 'check')).toEqual({ host: '127.0.0.1', port: 20_011 });
    expect(book.listen('broker-2', 'main', 'check')).toEqual({ host: '0.0.0.0', port: 20_011 });
    expect(book.at('broker-1', 'main', 'check').port).not.toBe(20_011);
  });

  it('leads peers by name', () => {
    expect(book.at('broker-2', 'main', 'peer')).toEqual({ host: 'broker-2', port: 20_009 });
  });

  it('knows only what was reserved', () => {
    expect(book.nodesOf('broker')).toEqual(['broker-1', 'broker-2']);
    expect(() => book.at('broker-3', 'main', 'check')).toThrow(/"broker-3" was not reserved/);
    expect(() => book.at('broker-1', 'other', 'check')).toThrow(/main from peer, main from load/);
    expect(() => book.volume('broker-1', 'logs')).toThrow(/volume "logs"/);
    expect(() => book.nodesOf('server')).toThrow(/role "server"/);
  });
});

describe('a path in a volume', () => {
  it('never leads out of it', () => {
    expect(inside('/highwater/volumes/data', 'a/../b')).toBe('/highwater/volumes/data/b');
    expect(inside('/highwater/volumes/data', '.')).toBe('/highwater/volumes/data');
    for (const path of ['..', '../datax', '/etc/passwd']) {
      expect(() => inside('/highwater/volumes/data', path)).toThrow(/leads out/);
    }
  });
});
