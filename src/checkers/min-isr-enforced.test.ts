import { describe, expect, it } from 'vitest';
import type { LeadershipEvent, RunEvent } from '../record/events.ts';
import type { Finding } from './checker.ts';
import { minIsrEnforcedChecker } from './min-isr-enforced.ts';
import { AT, act, type Draft, nodeSeen, outage, recordOf } from './test/a-record.ts';

const BROKERS = ['broker-1', 'broker-2', 'broker-3'];
const led = (t: number, isr: readonly string[]): RunEvent & LeadershipEvent => ({
  t,
  kind: 'leadership',
  topic: 'orders',
  partition: 0,
  leader: 'broker-3',
  epoch: 1,
  isr,
});
/** The fault hits broker-1 and broker-2; nothing of orders-0 is acknowledged from 21 s to 40 s. */
function twoDown(draft: Draft): void {
  draft.events = draft.events
    .filter(({ kind }) => kind !== 'outage')
    .map((event) =>
      event.kind === 'fault'
        ? { ...act(event.act, event.from, event.t), targets: BROKERS.slice(0, 2) }
        : event,
    );
  draft.events.push(
    led(0, BROKERS),
    outage({ lastUnackedSentAt: 39_000, firstAckSentAt: 39_500, firstAckAt: 40_000 }),
  );
  draft.samples = draft.samples.map((row) =>
    row.of === 'orders-0' && row.series === 'acknowledged' && row.t > AT.engage && row.t <= 40_000
      ? { ...row, value: 0 }
      : row,
  );
  draft.events.sort((a, b) => a.t - b.t);
}
const shrunk = (draft: Draft): void => {
  draft.events.push(led(24_000, ['broker-3']), led(39_000, BROKERS));
  draft.events.sort((a, b) => a.t - b.t);
};
const killed = (draft: Draft): void => {
  const gone = { state: 'down', incarnation: null } as const;
  draft.events.push(
    nodeSeen(21_200, gone),
    nodeSeen(21_300, { ...gone, node: 'broker-2' }),
    nodeSeen(39_000, { incarnation: '2' }),
    nodeSeen(39_000, { incarnation: '2', node: 'broker-2' }),
  );
  draft.events.sort((a, b) => a.t - b.t);
};
/** One row in which something of orders-0 was acknowledged. */
const acknowledged = (t: number) => (draft: Draft) => {
  draft.samples = draft.samples.map((row) =>
    row.of === 'orders-0' && row.series === 'acknowledged' && row.t === t
      ? { ...row, value: 5 }
      : row,
  );
};
const check = (...changes: ((draft: Draft) => void)[]): Finding =>
  minIsrEnforcedChecker.check(
    recordOf((draft) => {
      for (const change of [twoDown, ...changes]) change(draft);
    }),
    {},
  );

describe('min-isr-enforced', () => {
  it('passes when nothing was acknowledged while most replicas were dead', () => {
    const finding = check(killed);
    // From the death of the second node to the beginning of the heal, less a second.
    expect(finding).toMatchObject({
      outcome: 'pass',
      measured: [
        { name: 'partitions below min ISR', value: 1 },
        { name: 'longest time judged, until a heal', value: 14_700 },
        { name: 'acknowledged in it', value: 0 },
      ],
    });
    expect(finding.looked.at).toBeGreaterThan(0);
  });

  it.each<[string, (draft: Draft) => void, number]>([
    ['most replicas were dead, long before anybody was fenced', killed, 23_000],
    ['the in-sync set was too small', shrunk, 30_000],
  ])('fails when something was acknowledged while %s', (_, change, at) => {
    const finding = check(change, acknowledged(at));
    expect(finding).toMatchObject({
      outcome: 'fail',
      anomalies: [{ code: 'AVAILABLE_WHEN_FORBIDDEN', where: 'orders-0' }],
    });
    expect(finding.because).toMatch(/5 records were acknowledged although fewer replicas than min/);
  });

  it.each<[string, (draft: Draft) => void, number]>([
    ['what was on its way when the time began', killed, 22_000],
    ['what came after the heal had begun', killed, 36_500],
    ['what came before the in-sync set was seen too small', shrunk, 24_500],
  ])('does not mind %s', (_, change, at) => {
    expect(check(change, acknowledged(at)).outcome).toBe('pass');
  });

  it('fails with an attempt that was sent and acknowledged inside, whatever the rows say', () => {
    const finding = check(killed, (draft) => {
      draft.events.push(outage({ lastAckSentAt: 30_000, lastAckAt: 30_020, firstAckAt: null }));
    });
    expect(finding.because).toMatch(/an attempt of session p0, sent at 30 s of the run, was ackn/);
  });

  it('ends what the in-sync set shows where nobody could look any more', () => {
    const blind = check(
      shrunk,
      (draft) => {
        draft.events.push({ t: 28_500, kind: 'watch-failed', watch: 'leadership', message: 'x' });
        draft.events.sort((a, b) => a.t - b.t);
      },
      acknowledged(30_000),
    );
    expect(blind.outcome).toBe('pass');
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    ['no partition was below it', () => {}, /no partition was seen below its min.insync.replicas/],
    [
      'nobody tried',
      (draft) => {
        killed(draft);
        draft.events = draft.events.filter(({ kind }) => kind !== 'outage');
        draft.samples = draft.samples.filter(({ of }) => of !== 'orders-0');
      },
      /no attempt on orders-0 while writes were forbidden/,
    ],
    [
      'the load does not ask for all replicas',
      (draft) => {
        killed(draft);
        acknowledged(30_000)(draft);
        const workload = { name: 'produce-consume', params: { topic: 'orders', acks: 'leader' } };
        draft.plan = { ...draft.plan, workload };
      },
      /the load does not ask for acks=all/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(change);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });
});
