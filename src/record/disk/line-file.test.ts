import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isHighwaterError } from '../../core/errors.ts';
import { LineFile } from './line-file.ts';
import { readLines } from './read-lines.ts';

const root = mkdtempSync(join(tmpdir(), 'highwater-lines-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a line file', () => {
  it('holds whole lines in the order in which they were told', () => {
    const path = join(root, 'a.ndjson');
    const file = new LineFile(path);
    file.append([{ a: 1 }, { a: 2 }]);
    file.append([{ a: 'é\n' }], true);
    file.close();
    file.close();
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"a":2}\n{"a":"é\\n"}\n');
  });

  // /dev/full is Linux's: a device on which every write finds no space.
  it.runIf(existsSync('/dev/full'))('says in one line that the disk is full', () => {
    const file = new LineFile('/dev/full');
    try {
      file.append([{ a: 1 }]);
      expect.unreachable('the write must fail');
    } catch (thrown) {
      expect(isHighwaterError(thrown, 'DISK_FULL')).toBe(true);
      expect((thrown as Error).message).toBe(
        'writing /dev/full: no space left on the disk; what was recorded before is kept',
      );
    }
  });
});

describe('reading lines', () => {
  it('gives lines that are longer than a piece, and tells one without an end', () => {
    const path = join(root, 'b.ndjson');
    const file = new LineFile(path);
    const long = 'x'.repeat(700_000);
    file.append([long, 'short', long]);
    file.close();
    const lines = [...readLines(path, 1_000_000)];
    expect(lines.map(({ bytes, ended, cut }) => [bytes.length, ended, cut])).toEqual([
      [700_002, true, false],
      [7, true, false],
      [700_002, true, false],
    ]);
    expect([...readLines(path, 100)].map(({ bytes, cut }) => [bytes.length, cut])).toEqual([
      [100, true],
      [7, false],
      [100, true],
    ]);
  });
});
