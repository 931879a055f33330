import { describe, expect, it } from 'vitest';
import { ms, seconds } from '../core/time.ts';
import type { RunEvent } from '../record/events.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Finding } from './checker.ts';
import { failoverWithin, failoverWithinChecker } from './failover-within.ts';
import { AT, act, type Draft, outage, recordOf } from './test/a-record.ts';

const check = (
  record: RunRecord,
  limit: Parameters<typeof failoverWithin>[0] = seconds(15),
): Finding => failoverWithinChecker.check(record, failoverWithin(limit).params);
const noOutage = (draft: Draft): void => {
  draft.events = draft.events.filter(({ kind }) => kind !== 'outage');
};
const withOutage =
  (...outages: ReturnType<typeof outage>[]) =>
  (draft: Draft): void => {
    noOutage(draft);
    draft.events.push(...outages);
  };
/** Attempts went on in orders-0 and none was acknowledged from the fault on. */
const neverBack = (draft: Draft): void => {
  withOutage(
    outage({ firstAckSentAt: null, firstAckAt: null, lastUnackedSentAt: AT.loadEnd - 10 }),
  )(draft);
  draft.samples = draft.samples.map((row) =>
    row.of === 'orders-0' && row.series === 'acknowledged' && row.t > AT.engage
      ? { ...row, value: 0 }
      : row,
  );
};

describe('failover-within', () => {
  it('passes with both bounds of the outage of every affected partition', () => {
    const finding = check(recordOf());
    expect(finding).toMatchObject({
      outcome: 'pass',
      because: 'the longest of 1 outages took between 2.79 s and 3 s',
      looked: { at: 1 },
    });
    expect(finding.measured).toEqual([
      // From the end of the kill to the last send in vain; from its start to the first
      // acknowledgement.
      { name: 'outage of orders-0, at least', value: 2_795, unit: 'ms' },
      { name: 'outage of orders-0, at most', value: 3_000, unit: 'ms', bound: 'at most 15 s' },
      { name: 'shortest failover that can be', value: 2_500, unit: 'ms' },
    ]);
  });

  it('fails when even the lower bound is above the limit', () => {
    const finding = check(recordOf(), seconds(2));
    expect(finding.outcome).toBe('fail');
    expect(finding.because).toBe(
      'UNAVAILABLE_TOO_LONG orders-0: writes were out between 2.79 s and 3 s after fault-1, at most ' +
        '2 s is promised (20 attempts of session p0 not acknowledged)',
    );
  });

  it('is inconclusive when the limit lies between the bounds', () => {
    const finding = check(recordOf(), seconds(2.9));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/too far apart to tell/);
  });

  it('fails when a partition never came back although the load went on', () => {
    const finding = check(recordOf(neverBack));
    expect(finding.outcome).toBe('fail');
    expect(finding.because).toMatch(/^UNAVAILABLE_TOO_LONG orders-0: writes were out at least 40/);
  });

  it('fails when it never came back and all later slots found every attempt in flight', () => {
    const finding = check(
      recordOf((draft) => {
        neverBack(draft);
        withOutage(
          outage({ firstAckAt: null, firstAckSentAt: null, lastUnackedSentAt: AT.engage + 900 }),
        )(draft);
        draft.samples = draft.samples.map((row) =>
          row.of === 'orders-0' && row.t > AT.engage + 1_000
            ? { ...row, value: row.series === 'dropped' ? 25 : 0 }
            : row,
        );
      }),
    );
    expect(finding.outcome).toBe('fail');
  });

  it('is inconclusive when the load ended before the limit had passed', () => {
    const finding = check(recordOf(neverBack), seconds(60));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/had not come back when the load ended/);
  });

  it('suspects an outage that ended before the cluster can have noticed', () => {
    const fast = withOutage(
      outage({ lastUnackedSentAt: AT.engage + 300, firstAckAt: AT.engage + 800 }),
    );
    const finding = check(recordOf(fast));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/^FAILOVER_TOO_FAST orders-0: .* in under 2.5 s/);
    expect(check(recordOf(fast), { atMost: seconds(15), notUnder: seconds(0) }).outcome).toBe(
      'pass',
    );
  });

  it('takes the bounds from the series when every attempt was acknowledged, only late', () => {
    const finding = check(
      recordOf((draft) => {
        noOutage(draft);
        draft.samples = draft.samples.map((row) =>
          row.series === 'unknown' ? { ...row, value: 0 } : row,
        );
      }),
    );
    // Rows from 21.5 s to 24 s have no acknowledgement; the next comes before 24.5 s.
    expect(finding.measured[1]).toMatchObject({ value: 3_500 });
    expect(finding.outcome).toBe('pass');
  });

  it('suspects a fault that stopped no acknowledgement at all', () => {
    const finding = check(
      recordOf((draft) => {
        noOutage(draft);
        draft.samples = draft.samples.map((row) =>
          row.series === 'acknowledged' ? { ...row, value: 25 } : row,
        );
      }),
    );
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/FAILOVER_TOO_FAST/);
  });

  it('gives a later outage, when leaders move back, bounds of its own', () => {
    const later = outage({
      lastAckSentAt: 38_000,
      lastAckAt: 38_005,
      firstUnackedSentAt: 38_010,
      lastUnackedSentAt: 38_300,
      firstAckAt: 38_500,
    });
    const finding = check(recordOf(withOutage(outage(), later)));
    expect(finding.outcome).toBe('pass');
    expect(finding.measured).toContainEqual({
      name: 'later outage of orders-0, at most',
      value: 500,
      unit: 'ms',
      bound: 'at most 15 s',
    });
    const long = { ...later, lastUnackedSentAt: 58_000, firstAckAt: 58_100 };
    expect(check(recordOf(withOutage(outage(), long))).outcome).toBe('fail');
  });

  it('judges the slowest of several sessions', () => {
    const slow = outage({ session: 'p1', lastUnackedSentAt: 40_000, firstAckAt: 40_100 });
    expect(check(recordOf(withOutage(outage(), slow))).outcome).toBe('fail');
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    [
      'no partition was affected',
      (draft) => {
        draft.events = draft.events.map((event) =>
          event.kind === 'fault' ? { ...event, affected: [] } : event,
        );
      },
      /no partition lost its leader/,
    ],
    [
      'the fault was not engaged',
      (draft) => {
        draft.events = draft.events.map((event) =>
          event.kind === 'fault' ? { ...event, took: false } : event,
        );
      },
      /no partition lost its leader/,
    ],
    [
      'an affected partition was not tried',
      (draft) => {
        noOutage(draft);
        draft.samples = draft.samples.map((row) =>
          row.of === 'orders-0' && row.t > AT.engage ? { ...row, value: 0 } : row,
        );
      },
      /no attempt was made on orders-0 while fault-1 lasted/,
    ],
    [
      'one of two affected partitions was not tried',
      (draft) => {
        const both = [0, 1].map((partition) => ({ topic: 'orders', partition }));
        draft.events = draft.events.map((event) =>
          event.kind === 'fault'
            ? { ...act(event.act, event.from, event.t), affected: both }
            : event,
        );
        draft.samples = draft.samples.filter(({ of }) => of !== 'orders-1');
      },
      /no attempt was made on orders-1/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(recordOf(change));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('says its limit in its statement', () => {
    expect(failoverWithinChecker.statement(failoverWithin(seconds(15)).params)).toBe(
      'writes to partitions whose leader was lost resume within 15 s',
    );
  });
});

describe('failover-within, of planned changes', () => {
  const told = { kind: 'change', step: 'change-1', change: 'rolling-restart', took: true } as const;
  const led = (t: number, leader: string, partition = 1): RunEvent => ({
    t,
    kind: 'leadership',
    topic: 'orders',
    partition,
    leader,
    epoch: 1,
    isr: ['broker-1', 'broker-2'],
  });
  /** No fault; a change from 30 s to 40 s that moves the leader of orders-1 at 33 s. */
  const changed =
    (...more: readonly RunEvent[]) =>
    (draft: Draft): void => {
      draft.events = draft.events.filter(({ kind }) => kind !== 'fault' && kind !== 'outage');
      draft.events.push(
        led(0, 'broker-1'),
        { t: 30_000, ...told, act: 'begin', nodes: [], seen: '' },
        led(33_000, 'broker-2'),
        { t: 40_000, ...told, act: 'end', nodes: ['broker-1'], seen: 'done' },
        ...more,
      );
      draft.events.sort((a, b) => a.t - b.t);
    };
  const short = outage({
    partition: 1,
    lastAckSentAt: 33_000,
    lastAckAt: 33_005,
    firstUnackedSentAt: 33_010,
    lastUnackedSentAt: 33_300,
    firstAckSentAt: 33_390,
    firstAckAt: 33_400,
  });

  it('measures an outage of a planned change by its own sends, and is not suspicious of haste', () => {
    const finding = check(recordOf(changed(short)), seconds(2));
    expect(finding).toMatchObject({
      outcome: 'pass',
      because: 'the longest of 1 outages took between 290 ms and 400 ms',
    });
    expect(finding.measured.map(({ name }) => name)).toEqual([
      'later outage of orders-1, at least',
      'later outage of orders-1, at most',
    ]);
    expect(check(recordOf(changed(short)), ms(200)).outcome).toBe('fail');
  });

  it('bounds a move that lost no attempt by the largest latency', () => {
    const quick = (draft: Draft): void => {
      changed()(draft);
      for (let t = 500; t < AT.end; t += 500) {
        draft.samples.push({ t, series: 'latency.due.max', of: 'load', value: 120 });
      }
    };
    const finding = check(recordOf(quick), seconds(1));
    expect(finding.outcome).toBe('pass');
    // 250 ms of an outage that is not told, two turns of 20 ms, and 120 ms.
    expect(finding.measured[1]).toMatchObject({ value: 410 });
  });

  it('says so when no partition was touched', () => {
    const finding = check(
      recordOf((draft) => {
        changed()(draft);
        draft.events = draft.events.filter(({ kind }) => kind !== 'leadership');
      }),
    );
    expect(finding.because).toMatch(/no partition lost its leader to a fault or a planned change/);
  });

  it.each(['stop', 'isolate', 'restart'])(
    'has no floor for %s, which can be noticed at once',
    (name) => {
      const fast = (draft: Draft): void => {
        withOutage(outage({ lastUnackedSentAt: AT.engage + 300, firstAckAt: AT.engage + 800 }))(
          draft,
        );
        draft.events = draft.events.map((event) =>
          event.kind === 'fault' ? { ...event, fault: name } : event,
        );
      };
      expect(check(recordOf(fast)).outcome).toBe('pass');
    },
  );

  it('takes slots that found no room behind waiting attempts for tries in vain', () => {
    const paused = (draft: Draft): void => {
      withOutage(outage({ lastUnackedSentAt: AT.engage + 900, firstAckAt: AT.engage + 9_000 }))(
        draft,
      );
      draft.samples = draft.samples.map((row) =>
        row.of === 'orders-0' && row.series === 'dropped' && row.t <= AT.engage + 9_000
          ? { ...row, value: row.t > AT.engage + 2_000 ? 25 : 0 }
          : row,
      );
    };
    expect(check(recordOf(paused)).measured[0]).toMatchObject({ value: 8_495 });
  });
});
