import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLeaseFile } from './lease-file.ts';
import { liveFileOf, openLeaseBook } from './open-lease-book.ts';
import { ownIdentity } from './process-identity.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-leases-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => {
  const owner = { run: 'r1', live: join(folder, 'live') };
  const file = join(folder, 'r1', 'leases.ndjson');
  return { file, live: liveFileOf(owner), book: openLeaseBook(file, owner) };
};

describe('a lease book on disk', () => {
  it('has written the intent to both files before it returns', () => {
    const { file, live, book } = open();
    book.intend('folder', { path: '/w' });
    for (const each of [file, live]) {
      const read = parseLeaseFile(readFileSync(each, 'utf8'));
      expect(read?.header.owner).toEqual(ownIdentity());
      expect(read?.held).toEqual(book.held());
      expect(read?.held.map(({ state }) => state)).toEqual(['intent']);
    }
  });

  it('adds what was got to what was wanted', () => {
    const { live, book } = open();
    book.intend('process', { label: 'a-1' }).acquired({ pid: 7 });
    const held = parseLeaseFile(readFileSync(live, 'utf8'))?.held;
    expect(held).toEqual([
      { id: '1', kind: 'process', state: 'acquired', what: { label: 'a-1', pid: 7 } },
    ]);
    expect(book.held()).toEqual(held);
  });

  it('keeps the small file exactly as long as something is held', () => {
    const { live, book } = open();
    expect(existsSync(live)).toBe(false);
    const [one, other] = [book.intend('folder', {}), book.intend('process', {})];
    one.released();
    expect(existsSync(live)).toBe(true);
    other.released();
    expect(existsSync(live)).toBe(false);
    book.intend('folder', {});
    expect(parseLeaseFile(readFileSync(live, 'utf8'))?.held.map(({ id }) => id)).toEqual(['3']);
  });

  it('keeps the whole story in the run directory, with one first line', () => {
    const { file, book } = open();
    book.intend('folder', {}).released();
    book.intend('folder', {}).released();
    const acts = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { act?: string }).act ?? 'header');
    expect(acts).toEqual(['header', 'intent', 'released', 'intent', 'released']);
  });

  it('takes a release twice as one, and an acquisition after it as none', () => {
    const { file, book } = open();
    const lease = book.intend('folder', {});
    lease.released();
    lease.released();
    lease.acquired({ path: '/w' });
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(3);
    expect(book.held()).toEqual([]);
  });

  // /dev/full is Linux's: a device on which every write finds no space.
  it.runIf(existsSync('/dev/full'))('goes by the small file when the record is full', () => {
    const owner = { run: 'r1', live: join(folder, 'live') };
    const book = openLeaseBook('/dev/full', owner);
    const lease = book.intend('process', { label: 'a-1' });
    lease.acquired({ pid: 7 });
    const held = parseLeaseFile(readFileSync(liveFileOf(owner), 'utf8'))?.held;
    expect(held).toMatchObject([{ state: 'acquired', what: { label: 'a-1', pid: 7 } }]);
    lease.released();
    expect(existsSync(liveFileOf(owner))).toBe(false);
  });

  it('does not write over what a dead run of the same name left', () => {
    const { live, book } = open();
    book.intend('folder', {}).released();
    writeFileSync(live, 'left');
    expect(() => book.intend('folder', {})).toThrow(/is there already/);
    expect(readFileSync(live, 'utf8')).toBe('left');
    expect(book.held()).toEqual([]);
  });
});
