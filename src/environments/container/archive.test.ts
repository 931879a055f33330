import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { archiveOf, fileIn } from './archive.ts';

describe('an archive', () => {
  it('holds what was put in', async () => {
    const archive = await archiveOf({ 'a/b.txt': 'bytes' });
    expect(String(await fileIn(Readable.from(archive)))).toBe('bytes');
  });

  it('without a file has none', async () => {
    expect(await fileIn(Readable.from(await archiveOf({})))).toBeNull();
  });
});
