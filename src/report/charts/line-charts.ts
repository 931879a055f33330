import type { RunPlan } from '../../record/plan.ts';
import type { Sample } from '../../record/samples.ts';
import { countedOf, seriesOf } from '../../record/series.ts';
import type { Line, LineChart } from './chart.ts';
import { axisOf, type Grid, gridOver, onAxis, peaksOn, ratesOn, usualStep } from './grid.ts';

/** The stretch of time that is drawn, in milliseconds, and where the plan's timetable begins. */
export interface Frame {
  readonly from: number;
  readonly to: number;
  /** Start of the baseline window; null when the run never came to it. */
  readonly baseline: number | null;
}

/** Records a second: what was planned, attempted, and what became of it. */
export function rateChart(samples: readonly Sample[], plan: RunPlan, frame: Frame): LineChart {
  const grid = gridOver(frame.from, frame.to);
  const always = ['attempted', 'acknowledged', 'unknown', 'dropped'] as const;
  const ifAny = ['failed', 'consumed'] as const;
  const shown = [...always, ...ifAny.filter((series) => seriesOf(samples, series).length > 0)];
  const planned = plannedOn(grid, plan, frame.baseline);
  return {
    kind: 'lines',
    id: 'rate',
    title: 'Rate',
    note: 'Dropped: due, but every worker was busy. Unknown: sent, and never answered for sure.',
    unit: 'records/s',
    scale: 'linear',
    x: axisOf(grid),
    series: [
      ...(planned === null
        ? []
        : [
            { label: 'planned', colour: 'planned', dashed: true as const, values: onAxis(planned) },
          ]),
      ...shown.map((series) => ({
        label: series,
        colour: series,
        // Usually on top of what was acknowledged.
        ...(series === 'consumed' ? { dashed: true as const } : {}),
        values: onAxis(ratesOn(grid, countedOf(samples, series))),
      })),
    ],
  };
}

/**
 * The timetable's rate in the middle of each bucket; null before the baseline and after its end.
 */
function plannedOn(
  grid: Grid,
  plan: RunPlan,
  baseline: number | null,
): readonly (number | null)[] | null {
  if (baseline === null) return null;
  return Array.from({ length: grid.buckets }, (_, index) => {
    let into = grid.from + (index + 0.5) * grid.step - baseline;
    if (into < 0) return null;
    for (const { fromRate, toRate, forMs } of plan.load.stages) {
      if (into < forMs) return fromRate + ((toRate - fromRate) * into) / forMs;
      into -= forMs;
    }
    return null;
  });
}

/** Partitions with a line of their own; the others share one. */
const LINES = 8;

/** Records that the group had not committed yet, per partition. */
export function lagChart(samples: readonly Sample[], frame: Frame): LineChart {
  const subjects = bySubject(seriesOf(samples, 'lag'));
  const finest = Math.max(1_000, ...[...subjects.values()].map(usualStep));
  const grid = gridOver(frame.from, frame.to, finest);
  const lines = [...subjects]
    .map(([label, rows]) => ({ label, values: peaksOn(grid, rows) }))
    .sort((one, other) => one.label.localeCompare(other.label, 'en', { numeric: true }));
  const ranked = lines.toSorted((one, other) => peakOf(other.values) - peakOf(one.values));
  const own = new Set(ranked.slice(0, LINES));
  const rest = ranked.slice(LINES);
  return {
    kind: 'lines',
    id: 'lag',
    title: 'Lag',
    note:
      rest.length === 0
        ? 'High watermark − committed offset; the largest value of each interval.'
        : `High watermark − committed offset. The ${LINES} partitions with the largest lag; ` +
          `the largest of the ${rest.length} others is one line.`,
    unit: 'records',
    scale: 'linear',
    x: axisOf(grid),
    series: [
      ...openTransactions(samples, grid),
      ...lines
        .filter((line) => own.has(line))
        .map(({ label, values }, index) => ({
          label,
          colour: `cat${index + 1}`,
          values: onAxis(values),
        })),
      ...(rest.length === 0
        ? []
        : [
            {
              label: 'largest other',
              colour: 'planned',
              values: onAxis(largestOf(rest.map(({ values }) => values))),
            },
          ]),
    ],
  };
}

/** What no group that reads committed data can have read yet; no line where there was none. */
function openTransactions(samples: readonly Sample[], grid: Grid): readonly Line[] {
  const rows = seriesOf(samples, 'open-transactions');
  if (!rows.some(({ value }) => value > 0)) return [];
  const values = [...bySubject(rows).values()].map((own) => peaksOn(grid, own));
  const label = 'in open transactions, at most';
  return [{ label, colour: 'unknown', dashed: true, values: onAxis(largestOf(values)) }];
}

function bySubject(rows: readonly Sample[]): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const row of rows) {
    const group = groups.get(row.of);
    if (group === undefined) groups.set(row.of, [row]);
    else group.push(row);
  }
  return groups;
}

const peakOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((peak, value) => Math.max(peak, value ?? 0), 0);

function largestOf(rows: readonly (readonly (number | null)[])[]): readonly (number | null)[] {
  return (rows[0] ?? []).map((_, index) => {
    const known = rows.map((row) => row[index] ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}

const LATENCIES = [
  ['latency.due.p50', 'p50 from due', 'due', false],
  ['latency.due.p99', 'p99 from due', 'due-high', false],
  ['latency.send.p50', 'p50 from send', 'send', true],
  ['latency.send.p99', 'p99 from send', 'send-high', true],
] as const;

/** What cannot be told from nothing on a logarithmic axis, in milliseconds. */
const FLOOR = 0.01;

/** Latency of produce requests, from the planned time and from the real send. */
export function latencyChart(samples: readonly Sample[], frame: Frame): LineChart {
  const present = LATENCIES.map(([series, ...look]) => ({
    rows: seriesOf(samples, series),
    look,
  })).filter(({ rows }) => rows.length > 0);
  const grid = gridOver(
    frame.from,
    frame.to,
    Math.max(1_000, ...present.map(({ rows }) => usualStep(rows))),
  );
  return {
    kind: 'lines',
    id: 'latency',
    title: 'Latency',
    note:
      'From due: counted from the planned time, so that a stall shows in every record that had ' +
      'to wait. From send: from the moment it really left.',
    unit: 'ms',
    scale: 'log',
    x: axisOf(grid),
    series: present.map(({ rows, look: [label, colour, dashed] }) => ({
      label,
      colour,
      ...(dashed ? { dashed: true as const } : {}),
      values: onAxis(
        peaksOn(grid, rows).map((value) => (value === null ? null : Math.max(FLOOR, value))),
      ),
    })),
  };
}
