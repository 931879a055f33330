import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../../core/time.ts';
import { perSecond } from '../../core/units.ts';
import { flashSale, iot, logProcessing } from './load-presets.ts';

describe('presets of loads', () => {
  it('let logs flow at one rate', () => {
    expect(logProcessing(perSecond(2_000), seconds(30))).toEqual([{ rate: 2_000, for: 30_000 }]);
  });

  it('raise a flash sale to 20 times its base and bring it back', () => {
    expect(flashSale({ base: perSecond(100) })).toEqual([
      { rate: 100, for: 10_000 },
      { from: 100, to: 2_000, for: 1_000 },
      { rate: 2_000, for: 10_000 },
      { from: 2_000, to: 100, for: 5_000 },
      { rate: 100, for: 15_000 },
    ]);
    const small = flashSale({ base: perSecond(10), peak: perSecond(50), hold: seconds(3) });
    expect(small[2]).toEqual({ rate: 50, for: 3_000 });
  });

  it('give each device a producer, and all together the rate that they make', () => {
    expect(iot({ devices: 40, every: ms(500), for: seconds(20) })).toEqual({
      load: [{ rate: 80, for: 20_000 }],
      producing: { producers: 40, spread: 'key' },
    });
  });

  it('divide devices among threads, with as many in each', () => {
    const { load, producing } = iot({ devices: 41, for: seconds(20), workers: 2 });
    expect(producing.producers).toBe(21);
    expect(load).toEqual([{ rate: 42, for: 20_000 }]);
  });
});
