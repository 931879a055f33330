import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeDeadLock, type LockHolder, readLock, takeLock } from './lock-file.ts';
import { ownIdentity } from './process-identity.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-locks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const alive = (run: string): LockHolder => ({ run, owner: ownIdentity(), leases: '/l' });
const dead = (run: string): LockHolder => ({
  run,
  owner: { ...ownIdentity(), start: '1' },
  leases: '/l',
});

describe('a lock file', () => {
  it('is had by one, and free again when that one gives it back', () => {
    const path = join(folder, 'shared', 'a.lock');
    const lock = takeLock(path, alive('r1'));
    expect(lock).not.toBeNull();
    expect(readLock(path)).toEqual(alive('r1'));
    expect(takeLock(path, alive('r2'))).toBeNull();
    lock?.release();
    expect(readLock(path)).toBeNull();
    expect(takeLock(path, alive('r2'))).not.toBeNull();
  });

  it('is in a folder where all may write, and nobody may delete what is another’s', () => {
    takeLock(join(folder, 'shared', 'a.lock'), alive('r1'));
    expect(statSync(join(folder, 'shared')).mode & 0o7777).toBe(0o1777);
  });

  it('is taken over from a dead owner, and leaves no other file', () => {
    const path = join(folder, 'a.lock');
    takeLock(path, dead('r1'));
    expect(takeLock(path, alive('r2'))).not.toBeNull();
    expect(readLock(path)).toEqual(alive('r2'));
    expect(readdirSync(folder)).toEqual(['a.lock']);
  });

  it('is not given back by the one from whom it was taken over', () => {
    const path = join(folder, 'a.lock');
    const first = takeLock(path, dead('r1'));
    takeLock(path, alive('r2'));
    first?.release();
    expect(readLock(path)).toEqual(alive('r2'));
  });

  it('is not taken over when its owner cannot be judged, or read', () => {
    const [one, other] = [join(folder, 'a.lock'), join(folder, 'b.lock')];
    takeLock(one, { ...alive('r1'), owner: { ...ownIdentity(), space: 'pid:[1]' } });
    expect(takeLock(one, alive('r2'))).toBeNull();
    writeFileSync(other, 'what?');
    expect(readLock(other)).toBe('unreadable');
    expect(takeLock(other, alive('r2'))).toBeNull();
    expect(readFileSync(other, 'utf8')).toBe('what?');
  });

  it('is taken over although somebody died while taking it over', () => {
    const path = join(folder, 'a.lock');
    takeLock(path, dead('r1'));
    writeFileSync(`${path}.turn`, String(2 ** 22 + 1));
    expect(takeLock(path, alive('r2'))).not.toBeNull();
  });

  it('is let be while somebody alive is taking it over', () => {
    const path = join(folder, 'a.lock');
    takeLock(path, dead('r1'));
    writeFileSync(`${path}.turn`, String(process.pid));
    expect(takeLock(path, alive('r2'))).toBeNull();
    expect(freeDeadLock(path)).toBe(false);
  });

  it('is deleted by a sweep only when its owner is dead', () => {
    const [one, other] = [join(folder, 'a.lock'), join(folder, 'b.lock')];
    takeLock(one, dead('r1'));
    takeLock(other, alive('r2'));
    expect([freeDeadLock(one), freeDeadLock(other)]).toEqual([true, false]);
    expect(readdirSync(folder)).toEqual(['b.lock']);
  });
});
