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

/** Writes a count with a thin group separator: 2000 → "2 000". */
export const showCount = (count: number): string =>
  (Number.isInteger(count) ? String(count) : count.toFixed(1)).replace(
    /\B(?=(\d{3})+(?!\d)(?=\.|$|[^\d]))/g,
    ' ',
  );

/** Writes a span as a person would say it: "340 ms", "7.2 s", "1 m 30 s". */
export function showSpan(span: Span): string {
  const size = Math.abs(span);
  const sign = span < 0 ? '-' : '';
  if (size < 10) return `${sign}${Number(size.toFixed(1))} ms`;
  if (size < 1_000) return `${sign}${Math.round(size)} ms`;
  if (size < 60_000) return `${sign}${Number((size / 1_000).toFixed(size < 10_000 ? 2 : 1))} s`;
  const whole = Math.round(size / 1_000);
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const parts = [hours && `${hours} h`, minutes && `${minutes} m`, whole % 60 && `${whole % 60} s`];
  return sign + parts.filter(Boolean).join(' ');
}

/** Writes a rate: "2 000/s". */
export const showRate = (rate: Rate): string => `${showCount(Math.round(rate * 10) / 10)}/s`;

/** Writes a size: "384 MiB". */
export function showBytes(size: Bytes): string {
  const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let value: number = size;
  let step = 0;
  while (value >= 1024 && step < steps.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${Number(value.toFixed(1))} ${steps[step]}`;
}
