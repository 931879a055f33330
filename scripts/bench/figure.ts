import { columns } from '../../src/cli/columns.ts';

/**
 * A figure of a benchmark and what it is held against, both taken in the same run on the same
 * machine: seconds differ from machine to machine and from hour to hour, ratios much less.
 */
export interface Figure {
  readonly part: Part;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it is a multiple of. */
  readonly against: { readonly what: string; readonly value: number };
}

/** What can be measured alone. */
export const PARTS = ['start', 'load', 'judging', 'report'] as const;
/** One of them. */
export type Part = (typeof PARTS)[number];

/** How many times the thing that it is held against. */
export const ratioOf = ({ value, against }: Figure): number => value / against.value;

/** A table for people. Pure. */
export function showFigures(figures: readonly Figure[]): string {
  return columns(
    figures.map((figure) => [
      figure.part,
      figure.what,
      `${rounded(figure.value)} ${figure.unit}`,
      `${rounded(ratioOf(figure))} ×`,
      `${figure.against.what} (${rounded(figure.against.value)} ${figure.unit})`,
    ]),
  );
}

/** Three digits say all that a benchmark knows. */
export const rounded = (value: number): string => String(Number(value.toPrecision(3)));

/** The middle one of several. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new Error('the median of nothing');
  return middle;
}

/** The value below which 99 of 100 lie. */
export function p99(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN;
}

/** How long something takes at its quickest of several times, in milliseconds. */
export async function bestOf(times: number, body: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < times; turn += 1) {
    const from = performance.now();
    await body();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}
