import { describe, expect, it } from 'vitest';
import { untilAborted } from './until-aborted.ts';

const reason = new Error('enough');

describe('untilAborted', () => {
  it('gives what the promise gives', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    const failure = new Error('x');
    await expect(untilAborted(Promise.reject(failure), signal)).rejects.toBe(failure);
  });

  it('rejects with the reason of a signal that aborted before or meanwhile', async () => {
    const late = Promise.reject(new Error('dropped without an unhandled rejection'));
    await expect(untilAborted(late, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = untilAborted(new Promise<never>(() => {}), controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
