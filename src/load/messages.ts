import type { MemberNews } from '../clients/kafka/port.ts';
import type { Instant } from '../core/time.ts';
import type { RunEvent, WindowName } from '../record/events.ts';
import type { DeliveryDelta } from '../record/ledger.ts';
import type { TopicPartition } from '../record/names.ts';
import type { EncodedLatencies } from './latency.ts';

/** What the conductor tells a load worker; plain data, because it may cross to a thread. */
export type WorkerCommand =
  /** A worker that stands by opens. */
  | { readonly kind: 'open' }
  /** The timetable's slot 0 is due at this moment. */
  | { readonly kind: 'start'; readonly at: Instant }
  | { readonly kind: 'window'; readonly window: WindowName }
  /** A sender ends its timetable now. */
  | { readonly kind: 'stop' }
  /** A receiver ends. */
  | { readonly kind: 'end' }
  /** A receiver does this, and tells that it has `acted`. */
  | { readonly kind: 'act'; readonly what: ReceiverAct };

/**
 * What a receiver is told to do. `freeze` and `die` are told before its thread is stopped or ended,
 * so that all it was handed is known; where there is no thread they are simulated.
 */
export type ReceiverAct = 'pause' | 'resume' | 'freeze' | 'thaw' | 'die';

/** What a load worker tells the conductor. */
export type WorkerNews =
  /** Connected; a receiver has its partitions. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'sent'; readonly report: SenderReport }
  | { readonly kind: 'received'; readonly report: ReceiverReport }
  | { readonly kind: 'window-ended'; readonly ended: EndedWindow }
  /** Membership of a receiver, as its client saw it. */
  | { readonly kind: 'member'; readonly t: number; readonly news: MemberNews }
  | { readonly kind: 'acted'; readonly what: ReceiverAct }
  /** Nothing more will come: every attempt is settled, every delta told. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly message: string };

/** What a sender did since its last report, about once a second. */
export interface SenderReport {
  /** When it was made; its counts end here. */
  readonly t: number;
  readonly lanes: readonly LaneCounts[];
  /** Of attempts that were sent, or got their acknowledgement, since the last report. */
  readonly latencies: EncodedLatencies;
  readonly deliveries: readonly DeliveryDelta[];
  readonly outages: readonly RunEvent[];
  /**
   * p99 of the delay of the worker's event loop in milliseconds; null when it has none of its own.
   */
  readonly loopDelayP99: number | null;
}

/** The counts that become samples of the same names. */
export const LANE_SERIES = [
  'attempted',
  'acknowledged',
  'unknown',
  'failed',
  'dropped',
  'late',
] as const;
/** One of them. */
export type LaneSeries = (typeof LANE_SERIES)[number];

/** Records of one partition since the last report. */
export type LaneCounts = TopicPartition & { readonly counts: Readonly<Record<LaneSeries, number>> };

/** Latencies of a window that is over; `index` counts the windows of the run from 0. */
export interface EndedWindow {
  readonly index: number;
  readonly window: WindowName;
  readonly latencies: EncodedLatencies;
}

/** What a receiver got since its last report. */
export interface ReceiverReport {
  readonly t: number;
  readonly consumed: readonly (TopicPartition & { readonly records: number })[];
  readonly deliveries: readonly DeliveryDelta[];
  readonly loopDelayP99: number | null;
}
