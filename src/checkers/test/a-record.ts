import type {
  FaultEvent,
  FinalOffsetsEvent,
  LatencyEvent,
  NodeEvent,
  OutageEvent,
  RunEvent,
} from '../../record/events.ts';
import { type DeliveryDelta, type Fate, type FateDelta, mergeDeltas } from '../../record/ledger.ts';
import type { RunPlan } from '../../record/plan.ts';
import type { Ranges } from '../../record/ranges.ts';
import type { CleanupRecord, LogDigest, RunRecord } from '../../record/run-record.ts';
import type { Sample } from '../../record/samples.ts';
import { aPlan } from '../../record/test/a-plan.ts';

/** When things happen in the record that tests start from, in ms. */
export const AT = {
  warmUp: 0,
  baseline: 1_000,
  engage: 21_000,
  back: 24_000,
  heal: 36_000,
  healed: 37_000,
  loadEnd: 61_000,
  end: 70_000,
} as const;

/** A record in the making; tests change what they are about. */
export interface Draft {
  plan: RunPlan;
  events: RunEvent[];
  samples: Sample[];
  deltas: DeliveryDelta[];
  logs: LogDigest[];
  cleanup: CleanupRecord | null;
  breaks: string[];
}

/**
 * A record of a run in which every claim holds: 100 records a second over two partitions, the
 * leader of orders-0 down from 21 s to 36 s, back after 3 s; changed by the test.
 */
export function recordOf(change: (draft: Draft) => void = () => {}): RunRecord {
  const draft: Draft = {
    plan: aPlan(),
    events: cleanEvents(),
    samples: cleanSamples(),
    deltas: [...cleanDeltas(0), ...cleanDeltas(1)],
    logs: [{ node: 'broker-1', lines: 10, errors: [], errorCount: 0 }],
    cleanup: { entries: [{ label: 'cluster', tookMs: 3 }], failures: 0, leftovers: [] },
    breaks: [],
  };
  change(draft);
  const { deltas, ...rest } = draft;
  return { ...rest, ledger: mergeDeltas(deltas) };
}

/** Records of one session in one partition of the clean record. */
export const RECORDS = 3_000;

/** What became of some records of session p0 in a partition. */
export const fate = (as: Fate, ranges: Ranges, partition = 0): FateDelta => ({
  topic: 'orders',
  partition,
  session: 'p0',
  as,
  ranges,
});

const all: Ranges = [[0, RECORDS - 1]];
const cleanDeltas = (partition: number): DeliveryDelta[] =>
  (['attempted', 'acknowledged', 'consumed', 'in-log'] as const).map((as) =>
    fate(as, all, partition),
  );

/** Puts this in place of what the clean ledger says of the same fate in the same partition. */
export function instead(draft: Draft, told: FateDelta): void {
  draft.deltas = [
    ...draft.deltas.filter(({ as, partition }) => as !== told.as || partition !== told.partition),
    told,
  ];
}

/** One act of the fault of the clean record. */
export const act = (name: FaultEvent['act'], from: number, t: number): RunEvent & FaultEvent => ({
  t,
  kind: 'fault',
  step: 'fault-1',
  fault: 'down',
  act: name,
  targets: ['broker-1'],
  from,
  took: true,
  seen: 'as meant',
  affected: [{ topic: 'orders', partition: 0 }],
  mechanism: 'SIGKILL',
});

/** The outage of orders-0 in the clean record. */
export const outage = (changes: Partial<OutageEvent> = {}): RunEvent & OutageEvent => ({
  t: 25_000,
  kind: 'outage',
  topic: 'orders',
  partition: 0,
  session: 'p0',
  lastAckSentAt: AT.engage - 10,
  lastAckAt: AT.engage - 5,
  firstUnackedSentAt: AT.engage + 10,
  lastUnackedSentAt: AT.back - 200,
  firstAckSentAt: AT.back - 100,
  firstAckAt: AT.back,
  attempts: 20,
  records: 40,
  ...changes,
});

/** The ends of a partition of the clean record. */
export const ends = (
  partition: number,
  changes: Partial<FinalOffsetsEvent> = {},
): RunEvent & FinalOffsetsEvent => ({
  t: 65_000,
  kind: 'final-offsets',
  topic: 'orders',
  partition,
  logStart: '0',
  highWatermark: String(RECORDS),
  lastStable: String(RECORDS),
  leaderEpoch: 1,
  position: String(RECORDS),
  records: RECORDS,
  trouble: null,
  ...changes,
});

/** Latency of a window of the clean record. */
export const latency = (
  name: LatencyEvent['window'],
  from: LatencyEvent['from'],
  changes: Partial<LatencyEvent> = {},
): RunEvent & LatencyEvent => ({
  t: 64_000,
  kind: 'latency',
  window: name,
  from,
  count: 2_000,
  ...(from === 'lateness'
    ? { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 }
    : { p50: 5, p90: 10, p99: 20, p999: 40, max: 80 }),
  ...changes,
});

/** A look at a node that came out otherwise than the one before. */
export const nodeSeen = (t: number, changes: Partial<NodeEvent> = {}): RunEvent & NodeEvent => ({
  t,
  kind: 'node',
  node: 'broker-1',
  state: 'up',
  incarnation: '1',
  ended: null,
  expected: true,
  ...changes,
});

const window = (
  name: 'warm-up' | 'baseline' | 'disturb' | 'recover',
  from: number,
  to: number,
): RunEvent[] => [
  { t: from, kind: 'window', window: name, state: 'begin' },
  { t: to, kind: 'window', window: name, state: 'end' },
];

const cleanEvents = (): RunEvent[] => [
  {
    t: 0,
    kind: 'begin',
    version: 2,
    run: 'a-run',
    anchor: '2026-05-04T03:12:00.000Z',
    highwater: '0.1.0',
    host: {},
  },
  { t: 0, kind: 'phase', phase: 'load', state: 'begin' },
  nodeSeen(0),
  {
    t: 0,
    kind: 'effective-config',
    of: 'kafka',
    values: { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' },
  },
  ...window('warm-up', AT.warmUp, AT.baseline),
  ...window('baseline', AT.baseline, AT.engage),
  ...window('disturb', AT.engage, AT.healed),
  ...window('recover', AT.healed, AT.loadEnd),
  act('engage', AT.engage, AT.engage + 5),
  act('confirm', AT.engage + 5, AT.engage + 100),
  act('heal', AT.heal, AT.heal + 200),
  act('confirm-heal', AT.heal + 200, AT.healed),
  outage(),
  { t: AT.loadEnd, kind: 'phase', phase: 'load', state: 'end' },
  ...(['baseline', 'disturb', 'recover'] as const).flatMap((name) => [
    latency(name, 'due'),
    latency(name, 'send'),
    latency(name, 'lateness'),
  ]),
  ends(0),
  ends(1),
  { t: AT.end, kind: 'end', events: 0, samples: 0, deltas: 0, reason: 'completed' },
];

/**
 * Every half second: 25 records a partition, half of those of orders-0 lost to the outage's
 * unknowns.
 */
function cleanSamples(): Sample[] {
  const rows: Sample[] = [];
  for (let t = 500; t <= AT.end; t += 500) {
    const loaded = t <= AT.loadEnd;
    for (const name of ['orders-0', 'orders-1']) {
      const out = name === 'orders-0' && t > AT.engage && t <= AT.back;
      if (loaded) {
        rows.push({ t, series: 'attempted', of: name, value: 25 });
        rows.push({ t, series: 'acknowledged', of: name, value: out ? 0 : 25 });
        rows.push({ t, series: 'unknown', of: name, value: out ? 25 : 0 });
        rows.push({ t, series: 'dropped', of: name, value: 0 });
        rows.push({ t, series: 'late', of: name, value: 0 });
      }
      const end = Math.min(Math.max(0, (t - AT.baseline) / 20), RECORDS);
      const lag = Math.min(end, loaded ? 10 : t < AT.loadEnd + 1_500 ? 3 : 0);
      rows.push({ t, series: 'lag', of: name, value: lag });
      rows.push({ t, series: 'committed', of: name, value: end - lag });
    }
    rows.push({ t, series: 'host.loop-delay.p99', of: 'host', value: 3 });
    rows.push({ t, series: 'host.cpu-busy', of: 'host', value: 0.6 });
    rows.push({ t, series: 'host.cpu-steal', of: 'host', value: 0 });
  }
  return rows;
}
