import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  identityOf,
  livenessOf,
  ownIdentity,
  parseIdentity,
  parseProcStat,
  procStat,
} from './process-identity.ts';

describe('the identity of a process', () => {
  it('is alive for this process', () => {
    expect(livenessOf(ownIdentity())).toBe('alive');
  });

  it('is dead once the process has ended', async () => {
    const child = spawn('sleep', ['60']);
    const who = identityOf(child.pid ?? 0);
    expect(who && livenessOf(who)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(who && livenessOf(who)).toBe('dead');
  });

  it('is dead when the pid was given to a process that started at another time', () => {
    expect(livenessOf({ ...ownIdentity(), start: '1' })).toBe('dead');
  });

  it('is dead when the machine was started again', () => {
    expect(livenessOf({ ...ownIdentity(), boot: 'another' })).toBe('dead');
  });

  it('cannot be judged from another pid namespace', () => {
    const elsewhere = { ...ownIdentity(), space: 'pid:[1]', pid: 999_999 };
    expect(livenessOf(elsewhere)).toBe('unknown');
  });

  it('survives JSON, and is not read from what is not one', () => {
    const own = ownIdentity();
    expect(parseIdentity(JSON.parse(JSON.stringify(own)))).toEqual(own);
    expect(parseIdentity({ ...own, start: 12 })).toBeNull();
    expect(parseIdentity({ ...own, pid: 1 })).toBeNull();
    expect(parseIdentity(null)).toBeNull();
  });

  it('is not to be had of a pid that nobody has', () => {
    expect(identityOf(2 ** 22 + 1)).toBeNull();
    expect(procStat(2 ** 22 + 1)).toBeNull();
  });
});

describe('reading /proc/<pid>/stat', () => {
  it('copes with brackets and blanks in the name of a command', () => {
    const fields = Array.from({ length: 40 }, (_, index) => String(index + 4));
    const text = `77 (a) b (c) S 5 ${fields.slice(1).join(' ')}`;
    expect(parseProcStat(text)).toEqual({ state: 'S', parent: 5, start: '22' });
  });

  it('gives nothing for a text that is cut short', () => {
    expect(parseProcStat('77 (sh) S 5')).toBeNull();
  });
});
