import type { Span } from './time.ts';

declare const rateBrand: unique symbol;
declare const bytesBrand: unique symbol;

/** Records a second. */
export type Rate = number & { readonly [rateBrand]: true };
/** A size in bytes. */
export type Bytes = number & { readonly [bytesBrand]: true };

/** Makes a Rate of records a second. */
export const perSecond = (count: number): Rate => count as Rate;
/** Makes a size of bytes. */
export const bytes = (count: number): Bytes => count as Bytes;
/** Makes a size of mebibytes. */
export const mebibytes = (count: number): Bytes => (count * 1024 * 1024) as Bytes;

/** Writes a count with its thousands apart: 2000 → "2 000". */
export const showCount = (count: number): string =>
  String(Number(count.toFixed(1))).replace(/(?<![.\d]\d*)\d+/, (whole) =>
    whole.replace(/\B(?=(\d{3})+$)/g, ' '),
  );

/** Writes a span as a person would say it: "340 ms", "7.2 s", "1 m 30 s". */
export function showSpan(span: Span): string {
  const size = Math.abs(span);
  const sign = span < 0 ? '-' : '';
  if (!Number.isFinite(size)) return `${span} ms`;
  // Each step asks for the rounded value: 59 990 ms is "1 m", not "60 s".
  const millis = size < 10 ? rounded(size, 1) : Math.round(size);
  if (millis === 0) return '0 ms';
  if (millis < 1_000) return `${sign}${millis} ms`;
  const short = rounded(size / 1_000, size < 10_000 ? 2 : 1);
  if (short < 60) return `${sign}${short} s`;
  const whole = Math.round(size / 1_000);
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const parts = [hours && `${hours} h`, minutes && `${minutes} m`, whole % 60 && `${whole % 60} s`];
  return sign + parts.filter(Boolean).join(' ');
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Writes a rate: "2 000/s". */
export const showRate = (rate: Rate): string => `${showCount(rate)}/s`;

/** Writes a size: "384 MiB". */
export function showBytes(size: Bytes): string {
  const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let value: number = size;
  let step = 0;
  while (rounded(value, 1) >= 1024 && step < steps.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${rounded(value, 1)} ${steps[step]}`;
}
