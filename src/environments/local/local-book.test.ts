import { describe, expect, it } from 'vitest';
import { mebibytes } from '../../core/units.ts';
import { addressBlock } from '../addresses/address-plan.ts';
import { localBook } from './local-book.ts';
import { placesOf } from './node-places.ts';

const book = localBook(
  [
    {
      role: 'a',
      count: 1,
      countMax: 2,
      ports: [{ name: 'main', from: ['load', 'check'] }],
      volumes: ['data'],
      memory: mebibytes(1),
    },
  ],
  { block: addressBlock(0, 9092), places: (node) => placesOf('/w/r1', '/reports/r1', node) },
);

describe('the address book of a run', () => {
  it('knows nodes, also those that are not there yet, their ports and their paths', () => {
    expect(book.nodesOf('a')).toEqual(['a-1', 'a-2']);
    expect(book.at('a-2', 'main', 'check')).toEqual({ host: '127.16.0.2', port: 9093 });
    expect(book.volume('a-1', 'data')).toBe('/w/r1/a-1/data');
    expect(book.filesOf('a-1')).toBe('/w/r1/a-1/files');
  });

  it('takes a look-up of what was not reserved for a bug', () => {
    expect(() => book.nodesOf('b')).toThrow(/role "b" was not reserved/);
    expect(() => book.at('a-3', 'main', 'load')).toThrow(/node "a-3" was not reserved/);
    expect(() => book.at('a-1', 'main', 'peer')).toThrow(/port "main" of a-1 from peer/);
    expect(() => book.volume('a-1', 'log')).toThrow(/volume "log" of a-1/);
  });
});
