import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { realClock } from './clock.ts';
import { instant, minutes, ms } from './time.ts';

describe('realClock', () => {
  it('starts near zero and only goes forward', () => {
    const clock = realClock();
    const first = clock.now();
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(1_000);
    expect(clock.now()).toBeGreaterThanOrEqual(first);
  });

  it('never wakes before the span has passed', async () => {
    const clock = realClock();
    for (const span of [0, 0.4, 1.7, 3.999, 5]) {
      const begun = clock.now();
      await clock.sleep(ms(span));
      expect(clock.now() - begun).toBeGreaterThanOrEqual(span);
    }
  });

  it('rejects with the reason of the signal, before and while it sleeps', async () => {
    const clock = realClock();
    const reason = new Error('enough');
    await expect(clock.sleep(minutes(1), AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = clock.sleep(minutes(1), controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  it('sleeps longer than one timer can take', async () => {
    const controller = new AbortController();
    const outcomes: string[] = [];
    const month = realClock()
      .sleep(ms(2 ** 31 + 5_000), controller.signal)
      .then(
        () => outcomes.push('woke'),
        () => outcomes.push('aborted'),
      );
    await realClock().sleep(ms(20));
    controller.abort(new Error('enough'));
    await month;
    expect(outcomes).toEqual(['aborted']);
  });

  it('goes on in another thread from the same origin', async () => {
    const clock = realClock();
    const before = clock.now();
    const url = new URL('./clock.ts', import.meta.url).href;
    const worker = new Worker(
      `import(${JSON.stringify(url)}).then(({ realClock }) =>
        require('node:worker_threads').parentPort.postMessage(
          realClock(${JSON.stringify(clock.origin)}).now()))`,
      { eval: true },
    );
    const there = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(instant(there)).toBeGreaterThan(before);
    expect(instant(there)).toBeLessThan(clock.now());
    await worker.terminate();
  });
});
