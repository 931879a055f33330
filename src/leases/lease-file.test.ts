import { describe, expect, it } from 'vitest';
import { type LeaseHeader, type LeaseLine, parseLeaseFile, showLeaseLine } from './lease-file.ts';

const header: LeaseHeader = {
  version: 1,
  run: 'r1',
  owner: { pid: 12, start: '5', boot: 'b', space: 's' },
  file: '/reports/r1/leases.ndjson',
};
const folder: LeaseLine = { lease: '1', act: 'intent', kind: 'folder', what: { path: '/w/r1' } };
const process: LeaseLine = { lease: '2', act: 'intent', kind: 'process', what: { label: 'a-1' } };
const started: LeaseLine = { lease: '2', act: 'acquired', what: { pid: 7 } };

const textOf = (...lines: readonly LeaseLine[]): string =>
  [header, ...lines].map(showLeaseLine).join('');

describe('a lease file', () => {
  it('holds what was intended and not released, with what was got', () => {
    expect(parseLeaseFile(textOf(folder, process, started))).toEqual({
      header,
      held: [
        { id: '1', kind: 'folder', state: 'intent', what: { path: '/w/r1' } },
        { id: '2', kind: 'process', state: 'acquired', what: { label: 'a-1', pid: 7 } },
      ],
      unreadable: 0,
    });
  });

  it('holds nothing when all was released', () => {
    const done: LeaseLine = { lease: '1', act: 'released' };
    expect(parseLeaseFile(textOf(folder, done))?.held).toEqual([]);
  });

  it('is read up to a last line that was cut short', () => {
    const text = textOf(folder, process, started);
    const cut = parseLeaseFile(text.slice(0, -6));
    expect(cut?.held.map(({ id, state }) => [id, state])).toEqual([
      ['1', 'intent'],
      ['2', 'intent'],
    ]);
    expect(cut?.unreadable).toBe(1);
  });

  it('cannot be read without its first line', () => {
    expect(parseLeaseFile('')).toBeNull();
    expect(parseLeaseFile(showLeaseLine(folder))).toBeNull();
    expect(parseLeaseFile(`${JSON.stringify({ ...header, version: 2 })}\n`)).toBeNull();
  });
});
