import type { BeginEvent, LatencyEvent } from '../record/events.ts';
import type { RunRecord } from '../record/run-record.ts';
import { countedOf, seriesOf, sumInside } from '../record/series.ts';
import { type Interval, intervalsOf } from '../record/windows.ts';

/** What a run measured while nothing was done to the system: its baseline. */
export interface Measured {
  readonly run: string;
  readonly seconds: number;
  /** Records a second: planned ones, sent ones, acknowledged ones. */
  readonly due: number;
  readonly attempted: number;
  readonly acknowledged: number;
  /** Acknowledged records a second of each partition that took any. */
  readonly byPartition: readonly number[];
  /** Of the topics in the plan. */
  readonly partitions: number;
  /** Null when the workload does not say. */
  readonly recordBytes: number | null;
  /** Milliseconds from the due time to the acknowledgement, 99 of 100. */
  readonly latencyP99: number | null;
  /** Of the whole machine: the load generator and everything else on it included. */
  readonly coresBusy: number | null;
  readonly cores: number | null;
  readonly memoryBytes: number | null;
}

/** Takes the figures from a record; null when it has no baseline. Pure. */
export function measuredOf({ plan, events, samples }: RunRecord): Measured | null {
  const windows = intervalsOf(events, 'baseline');
  const spanMs = windows.reduce((sum, { from, to }) => sum + (to - from), 0);
  if (spanMs <= 0) return null;
  const seconds = spanMs / 1_000;
  const rates = (series: 'attempted' | 'acknowledged' | 'dropped'): Map<string, number> => {
    const rows = countedOf(samples, series);
    const of = [...new Set(rows.map((row) => row.of))];
    return new Map(
      of.map((name) => {
        const own = rows.filter((row) => row.of === name);
        return [name, windows.reduce((sum, window) => sum + sumInside(own, window), 0) / seconds];
      }),
    );
  };
  const acknowledged = rates('acknowledged');
  const attempted = sum(rates('attempted'));
  const begin = events.find((event): event is BeginEvent & { t: number } => event.kind === 'begin');
  const cores = numberOr(begin?.host['cores']);
  const busy = meanInside(samples, windows);
  const latency = events.find(
    (event): event is LatencyEvent & { t: number } =>
      event.kind === 'latency' && event.window === 'baseline' && event.from === 'due',
  );
  return {
    run: begin?.run ?? 'unknown',
    seconds,
    due: attempted + sum(rates('dropped')),
    attempted,
    acknowledged: sum(acknowledged),
    byPartition: [...acknowledged.values()],
    partitions: plan.topics.reduce((all, topic) => all + topic.partitions, 0),
    recordBytes: numberOr(plan.workload.params['valueBytes']),
    latencyP99: latency?.p99 ?? null,
    coresBusy: busy === null || cores === null ? null : busy * cores,
    cores,
    memoryBytes: numberOr(begin?.host['memoryBytes']),
  };
}

const sum = (values: ReadonlyMap<string, number>): number =>
  [...values.values()].reduce((all, value) => all + value, 0);

const numberOr = (value: unknown): number | null => (typeof value === 'number' ? value : null);

function meanInside(samples: RunRecord['samples'], windows: readonly Interval[]): number | null {
  const rows = seriesOf(samples, 'host.cpu-busy').filter(({ t }) =>
    windows.some(({ from, to }) => t >= from && t <= to),
  );
  if (rows.length === 0) return null;
  return rows.reduce((all, { value }) => all + value, 0) / rows.length;
}
