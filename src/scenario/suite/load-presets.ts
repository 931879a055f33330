import { ms, type Span, seconds } from '../../core/time.ts';
import { perSecond, type Rate } from '../../core/units.ts';
import type { Stage } from './scenario.ts';

/**
 * Loads as they come in three trades that brokers are bought for: logs that flow all day, a sale
 * that everybody waits for, and a crowd of devices that each say little.
 */

/** Log processing: one rate, for as long as it takes. */
export const logProcessing = (rate: Rate, time: Span): Stage[] => [{ rate, for: time }];

/** A flash sale. */
export interface FlashSale {
  /** Before the doors open, and when it is over. */
  readonly base: Rate;
  /** 20 times the base unless told. */
  readonly peak?: Rate;
  /** Quiet before; 10 s unless told. */
  readonly before?: Span;
  /** From base to peak, which is quick; 1 s unless told. */
  readonly rise?: Span;
  /** At the peak; 10 s unless told. */
  readonly hold?: Span;
  /** Back to base; 5 s unless told. */
  readonly fall?: Span;
  /** Quiet after; 15 s unless told. */
  readonly after?: Span;
}

const FLASH = 20;

/** A flash sale: up to many times the base within a second, and back. */
export function flashSale(sale: FlashSale): Stage[] {
  const { base, peak = perSecond(base * FLASH) } = sale;
  return [
    { rate: base, for: sale.before ?? seconds(10) },
    { from: base, to: peak, for: sale.rise ?? seconds(1) },
    { rate: peak, for: sale.hold ?? seconds(10) },
    { from: peak, to: base, for: sale.fall ?? seconds(5) },
    { rate: base, for: sale.after ?? seconds(15) },
  ];
}

/** A crowd of devices. */
export interface Devices {
  readonly devices: number;
  /** From one message of a device to the next; 1 s unless told. */
  readonly every?: Span;
  readonly for: Span;
  /** Threads that the devices are divided among, as the scenario's `workers`; 1 unless told. */
  readonly workers?: number;
}

/**
 * IoT: many small producers. Each device is a producer session of its own with numbers of its own,
 * and its records have one key, so they go to one partition. `load` is for the scenario,
 * `producing` for the workload: `produceConsume({ topic: 'readings', ...producing })`.
 */
export function iot({ devices, every = seconds(1), for: time, workers = 1 }: Devices): {
  readonly load: Stage[];
  readonly producing: { readonly producers: number; readonly spread: 'key' };
} {
  const producers = Math.ceil(devices / workers);
  const rate = perSecond((producers * workers) / (every / ms(1_000)));
  return { load: [{ rate, for: time }], producing: { producers, spread: 'key' } };
}
