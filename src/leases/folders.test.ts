import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { foldersOf } from './folders.ts';

describe('the folders of this project', () => {
  it('go by HIGHWATER_CACHE, then XDG_CACHE_HOME, then the home folder', () => {
    expect(foldersOf({ HIGHWATER_CACHE: '/c', XDG_CACHE_HOME: '/x' }).cache).toBe('/c');
    expect(foldersOf({ XDG_CACHE_HOME: '/x' }).cache).toBe('/x/highwater');
    expect(foldersOf({}).cache).toBe(`${homedir()}/.cache/highwater`);
  });

  it('pass over an XDG_CACHE_HOME that is not absolute, as its specification asks', () => {
    expect(foldersOf({ XDG_CACHE_HOME: 'x' }).cache).toBe(`${homedir()}/.cache/highwater`);
  });

  it('keep the locks at one place for all users, wherever the cache is', () => {
    const other = foldersOf({ HIGHWATER_CACHE: '/c', TMPDIR: '/t' });
    expect(other.locks).toBe(foldersOf({}).locks);
    expect(foldersOf({ HIGHWATER_LOCKS: '/l' }).locks).toBe('/l');
  });
});
