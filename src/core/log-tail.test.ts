import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastLines, readFrom } from './log-tail.ts';

describe('the tail of a log', () => {
  it('is its last lines that say something, also of a long one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'highwater-log-'));
    const file = join(folder, 'a.log');
    writeFileSync(file, `${'old\n'.repeat(50_000)}one\n\ntwo\n`);
    expect(lastLines(file, 2)).toEqual(['one', 'two']);
    expect(readFrom(file, 200_000)).toBe('one\n\ntwo\n');
    rmSync(folder, { recursive: true });
  });

  it('is empty where nothing was written', () => {
    expect(lastLines('/nowhere/a.log', 3)).toEqual([]);
  });
});
