import type { Clock } from '../../core/clock.ts';
import {
  after,
  type Instant,
  instant,
  ms,
  type Span,
  seconds,
  spanBetween,
} from '../../core/time.ts';
import type { Sender } from '../../workloads/workload.ts';
import type { Schedule } from '../schedule.ts';
import { Alarm } from './alarm.ts';
import { countBefore, type Deal, laneOf, nthSlot } from './deal.ts';
import type { Attempt, AttemptFate, Tally } from './tally.ts';
import { Throttle } from './throttle.ts';

/**
 * The open-loop driver of one sender. It wakes every few milliseconds, takes all slots that have
 * come due, deals them out over the lanes in rows (deal.ts) and sends what a lane got as one
 * attempt. What the system does never slows the timetable: slots that find the lane's attempts all
 * in flight are dropped and counted, never delayed and never made up for.
 *
 * A lane's sequence numbers are consecutive over attempted records only: dropped slots leave no
 * gap.
 */

/**
 * How long the driver sleeps between looks at the timetable; what is due in between goes together.
 */
export const WAKE_EVERY: Span = ms(3);

const REPORT_EVERY: Span = seconds(1);

/** What a driver works with. */
export interface DriverInput {
  readonly schedule: Schedule;
  readonly deal: Deal;
  /** Slot 0 is due at this moment. */
  readonly startAt: Instant;
  readonly sender: Sender;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly inFlightMax: number;
  /** How long after the end of sending open attempts are waited for; then they are unknown. */
  readonly linger: Span;
  /** At most this many records a second; null for as many as the timetable says. */
  readonly throttle: number | null;
  /** Called every second while the driver runs, and once at its end. */
  readonly report: () => void;
}

/** Slots of one lane: `count` of them from its nth on. */
interface LaneSlots {
  readonly lane: number;
  readonly nth: number;
  readonly count: number;
}

const FATE_OF = { ok: 'acknowledged', fail: 'failed', unknown: 'unknown' } as const;

/** Sends by the timetable; `run` once. */
export class Driver {
  readonly #input: DriverInput;
  readonly #alarm: Alarm;
  readonly #throttle: Throttle | null;
  readonly #open = new Set<Attempt>();
  readonly #inFlight: number[];
  #nextSlot = 0;
  #reportAt: Instant;
  #stopped = false;
  #lingering = false;
  #broken: { readonly thrown: unknown } | null = null;

  constructor(input: DriverInput) {
    this.#input = input;
    this.#alarm = new Alarm(input.clock);
    this.#throttle =
      input.throttle === null ? null : new Throttle(input.throttle, input.clock.now());
    this.#inFlight = Array.from({ length: input.deal.lanes }, () => 0);
    this.#reportAt = after(input.startAt, REPORT_EVERY);
  }

  /** Ends the timetable now; slots that are not due yet are not counted. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#alarm.ring();
  }

  /**
   * Resolves when the timetable is over and every attempt is settled; rejects when the sender broke
   * its contract.
   */
  async run(): Promise<void> {
    const { clock, tally, report } = this.#input;
    await this.#send();
    const sendingEndedAt = clock.now();
    await this.#linger(after(sendingEndedAt, this.#input.linger));
    for (const attempt of this.#open) this.#settle(attempt, 'unknown');
    tally.end(sendingEndedAt);
    report();
    if (this.#broken !== null) throw this.#broken.thrown;
  }

  async #send(): Promise<void> {
    const { schedule, startAt, clock } = this.#input;
    const ends = after(startAt, sinceStart(schedule.ends));
    for (;;) {
      const now = clock.now();
      if (this.#stopped || this.#broken !== null) return;
      this.#takeDue(schedule.dueBy(instant(spanBetween(startAt, now))), now);
      this.#reportWhenDue(now);
      if (this.#nextSlot >= schedule.slots && now >= ends) return;
      const due =
        this.#nextSlot < schedule.slots
          ? after(startAt, sinceStart(schedule.due(this.#nextSlot)))
          : ends;
      const wake = Math.max(now + WAKE_EVERY, due);
      await this.#alarm.sleepUntil(instant(Math.min(wake, this.#reportAt)));
    }
  }

  async #linger(deadline: Instant): Promise<void> {
    const { clock } = this.#input;
    this.#lingering = true;
    while (this.#open.size > 0 && clock.now() < deadline) {
      await this.#alarm.sleepUntil(instant(Math.min(deadline, this.#reportAt)));
      this.#reportWhenDue(clock.now());
    }
  }

  #reportWhenDue(now: Instant): void {
    if (now < this.#reportAt) return;
    this.#input.report();
    // On the grid, so that the seconds of all workers are the same ones.
    const missed = Math.floor(spanBetween(this.#reportAt, now) / REPORT_EVERY);
    this.#reportAt = after(this.#reportAt, ms((missed + 1) * REPORT_EVERY));
  }

  /** Takes all slots before `end` and sends or drops them, the lane of the oldest first. */
  #takeDue(end: number, now: Instant): void {
    const { deal } = this.#input;
    const first = this.#nextSlot;
    if (end <= first) return;
    this.#nextSlot = end;
    for (let turn = 0; turn < deal.lanes; turn += 1) {
      const lane = (laneOf(deal, first) + turn) % deal.lanes;
      const nth = countBefore(deal, lane, first);
      const count = countBefore(deal, lane, end) - nth;
      if (count > 0) this.#sendLane({ lane, nth, count }, now);
    }
  }

  /** Sends due slots of one lane in as few attempts as the sender takes. */
  #sendLane({ lane, nth, count }: LaneSlots, now: Instant): void {
    const { sender, tally, inFlightMax } = this.#input;
    const passes = this.#throttle?.take(count, now) ?? count;
    let sent = 0;
    while (sent < passes && (this.#inFlight[lane] as number) < inFlightMax) {
      const records = Math.min(passes - sent, sender.attemptMax);
      this.#attempt({ lane, nth: nth + sent, count: records });
      sent += records;
    }
    // What a throttle holds back was never come to, as with a generator that is too slow.
    if (sent < passes) tally.dropped(lane, passes - sent);
  }

  #attempt({ lane, nth, count }: LaneSlots): void {
    const { sender, tally, clock, schedule, startAt, deal } = this.#input;
    const attempt = tally.attempted({
      lane,
      records: count,
      sentAt: clock.now(),
      due: (k) => after(startAt, sinceStart(schedule.due(nthSlot(deal, lane, nth + k)))),
    });
    this.#open.add(attempt);
    this.#inFlight[lane] = (this.#inFlight[lane] as number) + 1;
    sender.attempt(lane, attempt.first, count).then(
      ({ kind }) => this.#settle(attempt, FATE_OF[kind]),
      (thrown: unknown) => {
        // A sender never rejects: this is a bug, so what became of the records is not known.
        this.#broken ??= { thrown };
        this.#settle(attempt, 'unknown');
        this.#alarm.ring();
      },
    );
  }

  /** Counts the first completion of an attempt; one that comes after the limit changes nothing. */
  #settle(attempt: Attempt, fate: AttemptFate): void {
    if (!this.#open.delete(attempt)) return;
    this.#inFlight[attempt.lane] = (this.#inFlight[attempt.lane] as number) - 1;
    this.#input.tally.settled(attempt, fate, this.#input.clock.now());
    if (this.#lingering && this.#open.size === 0) this.#alarm.ring();
  }
}

/** A time of the timetable counts from the start of the load. */
const sinceStart = (at: Instant): Span => ms(at);
