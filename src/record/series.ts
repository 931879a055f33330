import type { Sample, SeriesName } from './samples.ts';
import type { Interval } from './windows.ts';

/** The rows of a series in order of time, of one subject or of all. */
export const seriesOf = (samples: readonly Sample[], series: SeriesName, of?: string): Sample[] =>
  samples
    .filter((row) => row.series === series && (of === undefined || row.of === of))
    .sort((a, b) => a.t - b.t);

/** A row of a counting series with the interval that it covers. */
export interface Counted extends Interval {
  readonly of: string;
  readonly count: number;
}

/**
 * The rows of a counting series with the intervals they cover: from the row before of the same
 * subject to their own time. The first row of a subject has none before it and covers as long as
 * the middle one of its other intervals, or a second.
 */
export function countedOf(samples: readonly Sample[], series: SeriesName): Counted[] {
  const subjects = new Map<string, Sample[]>();
  for (const row of seriesOf(samples, series)) {
    const rows = subjects.get(row.of) ?? [];
    rows.push(row);
    subjects.set(row.of, rows);
  }
  return [...subjects.values()].flatMap((rows) => {
    const gaps = rows.slice(1).map((row, index) => row.t - (rows[index] as Sample).t);
    const usual = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 1_000;
    return rows.map((row, index) => ({
      of: row.of,
      from: index === 0 ? row.t - usual : (rows[index - 1] as Sample).t,
      to: row.t,
      count: row.value,
    }));
  });
}

/** How much was counted inside an interval; a row that lies half inside counts by half. */
export function sumInside(rows: readonly Counted[], inside: Interval): number {
  let sum = 0;
  for (const { from, to, count } of rows) {
    const overlap = Math.min(to, inside.to) - Math.max(from, inside.from);
    if (to > from ? overlap > 0 : to > inside.from && to <= inside.to) {
      sum += to > from ? (count * overlap) / (to - from) : count;
    }
  }
  return sum;
}
