import type { Sample } from '../../record/samples.ts';
import type { Counted } from '../../record/series.ts';
import { inSeconds } from './chart.ts';

/** A row of buckets of the same length over a stretch of time, all in milliseconds. */
export interface Grid {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly buckets: number;
}

/** More points than this cannot be told apart on a screen, and would only make the file larger. */
const POINTS = 600;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600].map((count) => count * 1_000);

/** Lays buckets of at least `finest` over the time; the last one may reach past its end. */
export function gridOver(from: number, to: number, finest = 1_000): Grid {
  const length = Math.max(1, to - from);
  const fits = STEPS.find((step) => step >= finest && length / step <= POINTS);
  const step = fits ?? Math.ceil(length / POINTS);
  return { from, to, step, buckets: Math.ceil(length / step) };
}

/** The middles of the buckets in seconds, between the two ends of the grid. */
export const axisOf = ({ from, to, step, buckets }: Grid): readonly number[] => [
  inSeconds(from),
  ...Array.from({ length: buckets }, (_, index) =>
    inSeconds(Math.min(to, from + (index + 0.5) * step)),
  ),
  inSeconds(to),
];

/** Puts the buckets' values on the axis: nothing is known at its two ends. */
export const onAxis = (values: readonly (number | null)[]): readonly (number | null)[] => [
  null,
  ...values.map((value) => (value === null ? null : Number(value.toPrecision(4)))),
  null,
];

/**
 * The usual distance of a subject's rows and a fifth more, so that no bucket is finer than what was
 * looked at: rows come a little early or late, and a bucket that one just misses would be a gap.
 */
export function usualStep(rows: readonly Sample[]): number {
  const steps = rows
    .slice(1)
    .map((row, index) => row.t - (rows[index] as Sample).t)
    .sort((one, other) => one - other);
  return 1.2 * (steps[Math.floor(steps.length / 2)] ?? 1_000);
}

/**
 * Counts a second per bucket, all subjects together; a row that lies half inside counts by half.
 */
export function ratesOn(grid: Grid, rows: readonly Counted[]): readonly number[] {
  const counts = Array.from({ length: grid.buckets }, () => 0);
  for (const row of rows) spread(counts, grid, row);
  return counts.map((count, index) => {
    const length = Math.min(grid.step, grid.to - grid.from - index * grid.step);
    return (count * 1_000) / length;
  });
}

function spread(counts: number[], grid: Grid, { from, to, count }: Counted): void {
  // Rows of two workers may have the same time: then the later one covers no time at all.
  const begins = Math.min(from, to - 1);
  const first = Math.max(0, Math.floor((begins - grid.from) / grid.step));
  const last = Math.min(grid.buckets - 1, Math.floor((to - grid.from) / grid.step));
  for (let bucket = first; bucket <= last; bucket += 1) {
    const left = grid.from + bucket * grid.step;
    const right = Math.min(grid.to, left + grid.step);
    const overlap = Math.min(to, right) - Math.max(begins, left);
    if (overlap > 0) counts[bucket] = (counts[bucket] ?? 0) + (count * overlap) / (to - begins);
  }
}

/** The largest value in each bucket; null where none was taken. */
export function peaksOn(grid: Grid, rows: readonly Sample[]): readonly (number | null)[] {
  const peaks = Array.from<unknown, number | null>({ length: grid.buckets }, () => null);
  for (const { t, value } of rows) {
    const bucket = Math.min(grid.buckets - 1, Math.floor((t - grid.from) / grid.step));
    if (bucket >= 0 && t <= grid.to) peaks[bucket] = Math.max(value, peaks[bucket] ?? value);
  }
  return peaks;
}
