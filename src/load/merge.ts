import type { Clock } from '../core/clock.ts';
import { type SessionId, showPartition } from '../record/names.ts';
import type { Sample, SeriesName } from '../record/samples.ts';
import { GroupView } from './group-view.ts';
import { LATENCIES, Latencies } from './latency.ts';
import {
  type EndedWindow,
  LANE_SERIES,
  type LaneSeries,
  type ReceiverReport,
  type SenderReport,
} from './messages.ts';
import type { LoadTells, LoadTotals } from './pool.ts';

/**
 * Where the reports of all workers come together, in the conductor's thread. Ledger deltas and
 * outages carry their session and are handed on as they come. Counts and latencies of several
 * senders are one series each, so they are added up and told once every sender has reported since
 * the last time.
 */
export class Merger {
  readonly #tells: LoadTells;
  readonly #clock: Clock;
  /** Senders that have not finished. */
  readonly #sending: Set<SessionId>;
  readonly #reported = new Set<SessionId>();
  readonly #senders: number;
  #counts = new Map<string, Record<LaneSeries, number>>();
  #latencies = new Latencies();
  readonly #windows = new Map<number, { latencies: Latencies; missing: number }>();
  readonly #totals: Totals = newTotals();
  readonly #group = new GroupView();

  constructor(senders: readonly SessionId[], tells: LoadTells, clock: Clock) {
    this.#sending = new Set(senders);
    this.#senders = senders.length;
    this.#tells = tells;
    this.#clock = clock;
  }

  /** A sender reported. */
  sent(session: SessionId, report: SenderReport): void {
    if (report.deliveries.length > 0) this.#tells.deliveries(report.deliveries);
    if (report.outages.length > 0) this.#tells.events(report.outages);
    this.#tellLoopDelay(session, report);
    for (const { counts, ...of } of report.lanes) this.#count(showPartition(of), counts);
    this.#latencies.merge(report.latencies);
    this.#reported.add(session);
    this.#tellWhenAllReported(report.t);
  }

  /** A sender will not report again. */
  finished(session: SessionId): void {
    this.#sending.delete(session);
    if (this.#reported.size > 0) this.#tellWhenAllReported(this.#clock.now());
  }

  /** A receiver reported. */
  received(session: SessionId, report: ReceiverReport): void {
    const deltas = this.#group.deltas(report.deliveries);
    if (deltas.length > 0) this.#tells.deliveries(deltas);
    this.#tellLoopDelay(session, report);
    const rows = report.consumed.map(
      ({ records, ...of }): Sample => ({
        t: report.t,
        series: 'consumed',
        of: showPartition(of),
        value: this.#group.fresh(of, records),
      }),
    );
    if (rows.length > 0) this.#tells.samples(rows);
    for (const { value } of rows) this.#totals.consumed += value;
    this.#tells.totals({ ...this.#totals });
  }

  /** A sender's window is over; told once that of every sender is. */
  windowEnded({ index, window, latencies }: EndedWindow): void {
    const merged = this.#windows.get(index) ?? {
      latencies: new Latencies(),
      missing: this.#senders,
    };
    this.#windows.set(index, merged);
    merged.latencies.merge(latencies);
    merged.missing -= 1;
    if (merged.missing > 0) return;
    this.#windows.delete(index);
    const t = this.#clock.now();
    const events = LATENCIES.map((from) => ({ from, ...merged.latencies.summary(from) }))
      .filter(({ count }) => count > 0)
      .map((summary) => ({ t, kind: 'latency', window, ...summary }) as const);
    if (events.length > 0) this.#tells.events(events);
  }

  #count(of: string, counts: Readonly<Record<LaneSeries, number>>): void {
    const sums = this.#counts.get(of);
    if (sums === undefined) this.#counts.set(of, { ...counts });
    else for (const series of LANE_SERIES) sums[series] += counts[series];
    this.#totals.due += counts.attempted + counts.dropped;
    this.#totals.attempted += counts.attempted;
    this.#totals.acknowledged += counts.acknowledged;
    this.#totals.unknown += counts.unknown;
    this.#totals.failed += counts.failed;
    this.#totals.dropped += counts.dropped;
  }

  #tellWhenAllReported(t: number): void {
    for (const session of this.#sending) if (!this.#reported.has(session)) return;
    const rows = [...this.#counts].flatMap(([of, counts]) =>
      LANE_SERIES.map((series): Sample => ({ t, series, of, value: counts[series] })),
    );
    this.#tells.samples([...rows, ...latencyRows(t, this.#latencies)]);
    this.#tells.totals({ ...this.#totals });
    this.#reported.clear();
    this.#counts = new Map();
    this.#latencies.reset();
  }

  #tellLoopDelay(
    session: SessionId,
    { t, loopDelayP99 }: Pick<SenderReport, 't' | 'loopDelayP99'>,
  ): void {
    if (loopDelayP99 === null) return;
    const of = `worker-${session}`;
    this.#tells.samples([{ t, series: 'host.loop-delay.p99', of, value: loopDelayP99 }]);
  }
}

type Totals = { -readonly [Name in keyof LoadTotals]: LoadTotals[Name] };

const newTotals = (): Totals => ({
  due: 0,
  attempted: 0,
  acknowledged: 0,
  unknown: 0,
  failed: 0,
  dropped: 0,
  consumed: 0,
});

/** Percentiles of one interval; a histogram without a record says nothing and has no row. */
function latencyRows(t: number, latencies: Latencies): readonly Sample[] {
  const row = (series: SeriesName, value: number): Sample => ({ t, series, of: 'load', value });
  const due = latencies.summary('due');
  const send = latencies.summary('send');
  const lateness = latencies.summary('lateness');
  return [
    ...(due.count === 0
      ? []
      : [
          row('latency.due.p50', due.p50),
          row('latency.due.p99', due.p99),
          row('latency.due.max', due.max),
          row('latency.send.p50', send.p50),
          row('latency.send.p99', send.p99),
          row('latency.send.max', send.max),
        ]),
    ...(lateness.count === 0 ? [] : [row('lateness.p99', lateness.p99)]),
  ];
}
