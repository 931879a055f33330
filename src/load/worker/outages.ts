import { ms, type Span } from '../../core/time.ts';
import type { OutageEvent } from '../../record/events.ts';

/**
 * Outages of one lane, as its producer session saw them. Attempts stand in the order in which they
 * were sent. An outage is a stretch between two acknowledged attempts that follow one another in
 * that order, in which at least one attempt was not acknowledged, and whose length from send to
 * send is at least OUTAGE_MIN. An attempt that fails between acknowledged ones sent less than that
 * apart is no outage; nor is a stall in which everything was acknowledged late (that is latency).
 * At the end of the load a stretch may be open: then it lasts from the last acknowledged send until
 * sending ended.
 *
 *   send   A·····x···x···x···············B        A, B acknowledged; x not
 *          └ lastAckSentAt               └ firstAckSentAt     B − A ≥ 250 ms
 */

/**
 * Shorter stretches are hiccups: a failover takes seconds, one request's time-out shows as a
 * stretch of its own.
 */
export const OUTAGE_MIN: Span = ms(250);

/** One attempt as the outage tracker sees it; `acknowledgedAt` is undefined while it is open. */
export interface TrackedAttempt {
  readonly sentAt: number;
  readonly records: number;
  /** When the acknowledgement came; null when none came or ever will; undefined while open. */
  acknowledgedAt: number | null | undefined;
}

/** What is found; the lane and the session are added by the tally. */
export type Stretch = Omit<OutageEvent, 'kind' | 'topic' | 'partition' | 'session'>;

type Acknowledged = { readonly sentAt: number; readonly at: number };
type Unacked = { first: number; last: number; attempts: number; records: number };

/** Finds the outages of one lane; memory is bounded by the attempts sent while one is open. */
export class OutageTracker {
  readonly #found: (stretch: Stretch) => void;
  /** Attempts that are open or wait behind an open one, in order of sending. */
  #waiting: TrackedAttempt[] = [];
  #last: Acknowledged | null = null;
  #unacked: Unacked | null = null;

  constructor(found: (stretch: Stretch) => void) {
    this.#found = found;
  }

  /** Tells that an attempt was sent; attempts come in order of sending. */
  sent(attempt: TrackedAttempt): void {
    this.#waiting.push(attempt);
  }

  /** Looks at the attempts again after one of them got its completion. */
  settle(): void {
    let settled = 0;
    for (const attempt of this.#waiting) {
      if (attempt.acknowledgedAt === undefined) break;
      settled += 1;
      if (attempt.acknowledgedAt === null) this.#notAcknowledged(attempt);
      else this.#acknowledged({ sentAt: attempt.sentAt, at: attempt.acknowledgedAt });
    }
    if (settled > 0) this.#waiting.splice(0, settled);
  }

  /**
   * Sending ended at this moment and every attempt is settled: a stretch that is still open is
   * told.
   */
  end(sendingEndedAt: number): void {
    this.settle();
    this.#close(null, sendingEndedAt);
  }

  #acknowledged(next: Acknowledged): void {
    this.#close(next, next.sentAt);
    this.#last = next;
  }

  #notAcknowledged({ sentAt, records }: TrackedAttempt): void {
    this.#unacked ??= { first: sentAt, last: sentAt, attempts: 0, records: 0 };
    this.#unacked.last = sentAt;
    this.#unacked.attempts += 1;
    this.#unacked.records += records;
  }

  #close(next: Acknowledged | null, until: number): void {
    const unacked = this.#unacked;
    this.#unacked = null;
    if (unacked === null || until - (this.#last?.sentAt ?? unacked.first) < OUTAGE_MIN) return;
    this.#found({
      lastAckSentAt: this.#last?.sentAt ?? null,
      lastAckAt: this.#last?.at ?? null,
      firstUnackedSentAt: unacked.first,
      lastUnackedSentAt: unacked.last,
      firstAckSentAt: next?.sentAt ?? null,
      firstAckAt: next?.at ?? null,
      attempts: unacked.attempts,
      records: unacked.records,
    });
  }
}
