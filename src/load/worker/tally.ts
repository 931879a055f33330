import { type Instant, ms, type Span, spanBetween } from '../../core/time.ts';
import type { OutageEvent, RunEvent, WindowName } from '../../record/events.ts';
import type { DeliveryDelta } from '../../record/ledger.ts';
import { RangeSet } from '../../record/range-set.ts';
import type { Lane as LaneOf } from '../../workloads/workload.ts';
import { Latencies } from '../latency.ts';
import { type EndedWindow, LANE_SERIES, type LaneSeries, type SenderReport } from '../messages.ts';
import { OutageTracker, type TrackedAttempt } from './outages.ts';
import { type OpenWindow, Windows } from './windows.ts';

/**
 * What the sessions of one sender did: fates as runs of sequence numbers, counts, latencies,
 * outages. The driver tells it of every attempt and every completion; it hands out aggregates,
 * never records.
 */

/** An attempt that begins later than this after a record's due time makes the record a late one. */
export const LATE_AFTER: Span = ms(50);

/** What became of an attempt. */
export type AttemptFate = 'acknowledged' | 'unknown' | 'failed';
const FATES_OF_ATTEMPT = ['attempted', 'acknowledged', 'unknown', 'failed'] as const;

/** An attempt as the driver tells of it. */
export interface AttemptSpec {
  readonly lane: number;
  readonly records: number;
  readonly sentAt: Instant;
  /** When the attempt's k-th record was due. */
  readonly due: (k: number) => Instant;
}

/** An attempt in flight. */
export interface Attempt extends AttemptSpec, TrackedAttempt {
  readonly sentAt: Instant;
  readonly records: number;
  /** Sequence number of its first record in this session and lane. */
  readonly first: number;
  readonly window: OpenWindow;
}

interface Lane {
  readonly of: LaneOf;
  readonly fates: Readonly<Record<(typeof FATES_OF_ATTEMPT)[number], RangeSet>>;
  readonly outages: OutageTracker;
  counts: Record<LaneSeries, number>;
  next: number;
}

/** Counts what one sender did. */
export class Tally {
  readonly #lanes: readonly Lane[];
  readonly #windows: Windows;
  readonly #latencies = new Latencies();
  #outages: OutageEvent[] = [];

  constructor(lanes: readonly LaneOf[], windowEnded: (ended: EndedWindow) => void) {
    this.#windows = new Windows(windowEnded);
    this.#lanes = lanes.map(({ session, topic, partition }) => ({
      of: { session, topic, partition },
      fates: newFates(),
      outages: new OutageTracker((stretch) => {
        this.#outages.push({ kind: 'outage', topic, partition, session, ...stretch });
      }),
      counts: newCounts(),
      next: 0,
    }));
  }

  /** From now on attempts belong to this window. */
  window(name: WindowName): void {
    this.#windows.next(name);
  }

  /** The sequence number that the next record attempted in this lane gets. */
  nextSequence(lane: number): number {
    return this.#lane(lane).next;
  }

  /** An attempt begins: its records get the lane's next sequence numbers. */
  attempted(spec: AttemptSpec): Attempt {
    const lane = this.#lane(spec.lane);
    const window = this.#windows.current;
    const attempt: Attempt = { ...spec, first: lane.next, window, acknowledgedAt: undefined };
    lane.next += spec.records;
    lane.fates.attempted.add(attempt.first, lane.next - 1);
    lane.counts.attempted += spec.records;
    window.open += 1;
    lane.outages.sent(attempt);
    for (let k = 0; k < spec.records; k += 1) {
      const lateness = spanBetween(spec.due(k), spec.sentAt);
      if (lateness > LATE_AFTER) lane.counts.late += 1;
      window.latencies.record('lateness', lateness);
      this.#latencies.record('lateness', lateness);
    }
    return attempt;
  }

  /** An attempt is settled, once. */
  settled(attempt: Attempt, fate: AttemptFate, at: Instant): void {
    const lane = this.#lane(attempt.lane);
    lane.fates[fate].add(attempt.first, attempt.first + attempt.records - 1);
    lane.counts[fate] += attempt.records;
    attempt.acknowledgedAt = fate === 'acknowledged' ? at : null;
    if (fate === 'acknowledged') this.#took(attempt, at);
    lane.outages.settle();
    this.#windows.settled(attempt.window);
  }

  /** Slots that found no free attempt; they are never sent. */
  dropped(lane: number, records: number): void {
    this.#lane(lane).counts.dropped += records;
  }

  /** Sending ended at this moment and every attempt is settled. */
  end(sendingEndedAt: Instant): void {
    for (const lane of this.#lanes) lane.outages.end(sendingEndedAt);
    this.#windows.end();
  }

  /** All that is new since the last report. */
  report(t: Instant, loopDelayP99: number | null): SenderReport {
    const lanes = this.#lanes.map(({ of: { topic, partition }, counts }) => ({
      topic,
      partition,
      counts,
    }));
    for (const lane of this.#lanes) lane.counts = newCounts();
    const latencies = this.#latencies.encode();
    this.#latencies.reset();
    const outages = this.#outages.map((outage): RunEvent => ({ t, ...outage }));
    this.#outages = [];
    return { t, lanes, latencies, deliveries: this.#drain(), outages, loopDelayP99 };
  }

  #lane(index: number): Lane {
    return this.#lanes[index] as Lane;
  }

  #took(attempt: Attempt, at: Instant): void {
    const fromSend = spanBetween(attempt.sentAt, at);
    for (const latencies of [attempt.window.latencies, this.#latencies]) {
      latencies.record('send', fromSend, attempt.records);
      for (let k = 0; k < attempt.records; k += 1) {
        latencies.record('due', spanBetween(attempt.due(k), at));
      }
    }
  }

  #drain(): readonly DeliveryDelta[] {
    return this.#lanes.flatMap(({ of, fates }) =>
      FATES_OF_ATTEMPT.filter((as) => !fates[as].isEmpty).map((as) => ({
        ...of,
        as,
        ranges: fates[as].drain(),
      })),
    );
  }
}

const newFates = (): Lane['fates'] => ({
  attempted: new RangeSet(),
  acknowledged: new RangeSet(),
  unknown: new RangeSet(),
  failed: new RangeSet(),
});

const newCounts = (): Record<LaneSeries, number> =>
  Object.fromEntries(LANE_SERIES.map((series) => [series, 0])) as Record<LaneSeries, number>;
