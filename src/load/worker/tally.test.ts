import { describe, expect, it } from 'vitest';
import { instant } from '../../core/time.ts';
import { Latencies } from '../latency.ts';
import type { EndedWindow, SenderReport } from '../messages.ts';
import { type AttemptSpec, Tally } from './tally.ts';

const LANES = [
  { session: 'p0', topic: 'orders', partition: 0 },
  { session: 'p0', topic: 'orders', partition: 1 },
];

function newTally() {
  const windows: EndedWindow[] = [];
  const tally = new Tally(LANES, (ended) => windows.push(ended));
  return { tally, windows };
}

/** An attempt of a lane whose records were all due at one moment. */
const attemptAt = (sentAt: number, options: Partial<AttemptSpec> & { dueAt?: number } = {}) => ({
  lane: 0,
  records: 1,
  sentAt: instant(sentAt),
  due: () => instant(options.dueAt ?? sentAt),
  ...options,
});

const latencyOf = (report: Pick<SenderReport, 'latencies'>, name: 'due' | 'send' | 'lateness') => {
  const latencies = new Latencies();
  latencies.merge(report.latencies);
  return latencies.summary(name);
};

describe('Tally', () => {
  it('keeps fates apart by lane and tells only what is new', () => {
    const { tally } = newTally();
    const first = tally.attempted(attemptAt(0, { records: 10 }));
    const second = tally.attempted(attemptAt(1, { records: 5 }));
    const other = tally.attempted(attemptAt(1, { lane: 1 }));
    tally.settled(second, 'unknown', instant(5));
    tally.settled(first, 'acknowledged', instant(6));
    expect(tally.report(instant(1_000), null).deliveries).toEqual([
      { ...LANES[0], session: 'p0', as: 'attempted', ranges: [[0, 14]] },
      { ...LANES[0], session: 'p0', as: 'acknowledged', ranges: [[0, 9]] },
      { ...LANES[0], session: 'p0', as: 'unknown', ranges: [[10, 14]] },
      { ...LANES[1], session: 'p0', as: 'attempted', ranges: [[0, 0]] },
    ]);
    tally.settled(other, 'failed', instant(1_001));
    expect(tally.report(instant(2_000), null).deliveries).toEqual([
      { ...LANES[1], session: 'p0', as: 'failed', ranges: [[0, 0]] },
    ]);
  });

  it('counts records by lane since the last report, none included', () => {
    const { tally } = newTally();
    const attempt = tally.attempted(attemptAt(100, { records: 3, dueAt: 20 }));
    tally.dropped(0, 4);
    tally.settled(attempt, 'acknowledged', instant(110));
    const zero = { attempted: 0, acknowledged: 0, unknown: 0, failed: 0, dropped: 0, late: 0 };
    expect(tally.report(instant(1_000), null).lanes).toEqual([
      {
        topic: 'orders',
        partition: 0,
        counts: { ...zero, attempted: 3, acknowledged: 3, dropped: 4, late: 3 },
      },
      { topic: 'orders', partition: 1, counts: zero },
    ]);
    expect(tally.report(instant(2_000), null).lanes[0]?.counts).toEqual(zero);
  });

  it('measures latency from the due time and from the send, of acknowledged records only', () => {
    const { tally } = newTally();
    const late = tally.attempted(attemptAt(100, { dueAt: 60 }));
    tally.settled(late, 'acknowledged', instant(130));
    const lost = tally.attempted(attemptAt(200));
    tally.settled(lost, 'unknown', instant(9_000));
    const report = tally.report(instant(9_000), null);
    expect(latencyOf(report, 'due')).toMatchObject({ count: 1, max: 70 });
    expect(latencyOf(report, 'send')).toMatchObject({ count: 1, max: 30 });
    expect(latencyOf(report, 'lateness')).toMatchObject({ count: 2, max: 40 });
  });

  it('gives each record of an attempt its own due time', () => {
    const { tally } = newTally();
    const spec = attemptAt(30, { records: 3, due: (k) => instant(10 * k) });
    tally.settled(tally.attempted(spec), 'acknowledged', instant(40));
    const report = tally.report(instant(1_000), null);
    expect(latencyOf(report, 'due')).toMatchObject({ count: 3, max: 40 });
    expect(latencyOf(report, 'due').p50).toBeCloseTo(30, 1);
  });

  it('tells a window once the next has begun and its own attempts are settled', () => {
    const { tally, windows } = newTally();
    const inWarmUp = tally.attempted(attemptAt(10));
    tally.window('baseline');
    expect(windows).toEqual([]);
    const inBaseline = tally.attempted(attemptAt(20));
    tally.settled(inBaseline, 'acknowledged', instant(25));
    tally.settled(inWarmUp, 'acknowledged', instant(500));
    expect(windows.map(({ index, window }) => [index, window])).toEqual([[0, 'warm-up']]);
    expect(latencyOf(windows[0] as EndedWindow, 'send')).toMatchObject({ count: 1, max: 490 });
    tally.end(instant(600));
    expect(windows.map(({ index, window }) => [index, window])).toEqual([
      [0, 'warm-up'],
      [1, 'baseline'],
    ]);
    expect(latencyOf(windows[1] as EndedWindow, 'send')).toMatchObject({ count: 1, max: 5 });
  });

  it('tells outages with their lane and session', () => {
    const { tally } = newTally();
    const send = (at: number, fate: 'acknowledged' | 'unknown', settledAt: number): void => {
      tally.settled(tally.attempted(attemptAt(at, { lane: 1 })), fate, instant(settledAt));
    };
    send(0, 'acknowledged', 4);
    send(10, 'unknown', 1_010);
    send(1_011, 'acknowledged', 1_015);
    expect(tally.report(instant(2_000), null).outages).toEqual([
      {
        t: 2_000,
        kind: 'outage',
        topic: 'orders',
        partition: 1,
        session: 'p0',
        lastAckSentAt: 0,
        lastAckAt: 4,
        firstUnackedSentAt: 10,
        lastUnackedSentAt: 10,
        firstAckSentAt: 1_011,
        firstAckAt: 1_015,
        attempts: 1,
        records: 1,
      },
    ]);
    expect(tally.report(instant(3_000), null).outages).toEqual([]);
  });
});
