import { describe, expect, it } from 'vitest';
import { jvmCommand, showEnd } from './container-command.ts';

describe('the command of a node', () => {
  it('names every place where an image may have the jars', () => {
    const start = { main: 'a.Main', flags: ['-Xmx1m'], args: ['x'] };
    expect(jvmCommand(['/opt/a/*', '/usr/a/*'], start).slice(-5)).toEqual([
      '-Xmx1m',
      '-cp',
      '/opt/a/*:/usr/a/*',
      'a.Main',
      'x',
    ]);
  });
});

describe('how a container ended', () => {
  const ended = (ExitCode: number, more: { OOMKilled?: boolean; Error?: string } = {}) =>
    showEnd({ OOMKilled: false, Error: '', ...more, ExitCode }, '544 MiB');

  it.each([
    [0, {}, 'exit code 0'],
    [1, { Error: 'no such file' }, 'exit code 1: no such file'],
    // What a JVM that was asked to leave exits with by itself, here as everywhere.
    [143, {}, 'exit code 143'],
    [137, {}, 'signal SIGKILL'],
    [134, {}, 'signal SIGABRT'],
    [137, { OOMKilled: true }, 'out of memory: killed by the kernel at its limit of 544 MiB'],
  ])('with %d', (code, more, words) => {
    expect(ended(code, more)).toBe(words);
  });
});
