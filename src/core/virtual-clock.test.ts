import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minutes, ms, seconds } from './time.ts';
import { virtualClock } from './virtual-clock.ts';

describe('virtualClock', () => {
  it('lets an hour pass in milliseconds', async () => {
    using clock = virtualClock();
    const begun = performance.now();
    await clock.sleep(minutes(60));
    expect(clock.now()).toBe(3_600_000);
    expect(clock.jumps).toBe(1);
    expect(performance.now() - begun).toBeLessThan(60_000);
  });

  it('wakes in the order of due times, those set first before those set later', async () => {
    const spans = fc.array(fc.nat({ max: 20 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(spans, async (all) => {
        using clock = virtualClock();
        const woke: { span: number; index: number; at: number }[] = [];
        await Promise.all(
          all.map(async (span, index) => {
            await clock.sleep(ms(span));
            woke.push({ span, index, at: clock.now() });
          }),
        );
        const expected = all
          .map((span, index) => ({ span, index, at: span }))
          .sort((a, b) => a.span - b.span || a.index - b.index);
        expect(woke).toEqual(expected);
      }),
    );
  });

  it('stands still while code goes on in promises and immediates', async () => {
    using clock = virtualClock();
    const late = clock.sleep(minutes(1));
    await clock.sleep(seconds(1));
    for (let turns = 0; turns < 5; turns += 1) {
      await Promise.resolve();
      await nextTurn();
      await clock.sleep(ms(1));
    }
    expect(clock.now()).toBe(1_005);
    await late;
    expect(clock.now()).toBe(60_000);
  });

  it('stands still while a file is being written', async () => {
    using clock = virtualClock();
    const folder = await mkdtemp(join(tmpdir(), 'highwater-clock-'));
    try {
      let written = false;
      const writing = writeFile(join(folder, 'big'), 'x'.repeat(20_000_000)).then(() => {
        written = true;
      });
      await clock.sleep(seconds(10));
      expect(written).toBe(true);
      await writing;
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('rejects with the reason of the signal, and its timer no longer counts', async () => {
    using clock = virtualClock();
    const reason = new Error('enough');
    await expect(clock.sleep(ms(1), AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const dropped = clock.sleep(seconds(1), controller.signal);
    controller.abort(reason);
    await expect(dropped).rejects.toBe(reason);
    await clock.sleep(seconds(5));
    expect(clock.now()).toBe(5_000);
    expect(clock.jumps).toBe(1);
  });

  it('never jumps to a timer that is due never', async () => {
    using clock = virtualClock();
    const controller = new AbortController();
    const never = clock.sleep(ms(Number.POSITIVE_INFINITY), controller.signal);
    await clock.sleep(seconds(1));
    for (let turns = 0; turns < 5; turns += 1) await nextTurn();
    expect(clock.now()).toBe(1_000);
    controller.abort(new Error('enough'));
    await expect(never).rejects.toThrow('enough');
  });

  it('stands still once it is disposed', async () => {
    const clock = virtualClock();
    let woke = false;
    void clock.sleep(ms(1)).then(() => {
      woke = true;
    });
    clock[Symbol.dispose]();
    for (let turns = 0; turns < 5; turns += 1) await nextTurn();
    expect(woke).toBe(false);
    expect(clock.now()).toBe(0);
  });
});
