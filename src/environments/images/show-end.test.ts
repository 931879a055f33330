import { describe, expect, it } from 'vitest';
import { showEnd } from './show-end.ts';

describe('how a container ended', () => {
  const ended = (code: number, more: { outOfMemory?: boolean; said?: string } = {}) =>
    showEnd({ outOfMemory: false, said: '', ...more, code }, '544 MiB');

  it.each([
    [0, {}, 'exit code 0'],
    [1, { said: 'no such file' }, 'exit code 1: no such file'],
    // What a JVM that was asked to leave exits with by itself, here as everywhere.
    [143, {}, 'exit code 143'],
    [137, {}, 'signal SIGKILL'],
    [134, {}, 'signal SIGABRT'],
    [137, { outOfMemory: true }, 'out of memory: killed by the kernel at its limit of 544 MiB'],
  ])('with %d', (code, more, words) => {
    expect(ended(code, more)).toBe(words);
  });
});
