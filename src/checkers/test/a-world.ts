import type { Rng } from '../../core/rng.ts';
import { type DeliveryDelta, type Fate, mergeDeltas } from '../../record/ledger.ts';
import { RangeSet, rangesOfNumbers } from '../../record/range-set.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { aPlan } from '../../record/test/a-plan.ts';
import { ends } from './a-record.ts';

/**
 * Random histories, as in a specificity trial: two sessions send to one to three partitions, some
 * outcomes are unknown and half of those are in the log all the same, some attempts certainly
 * failed, and the consumer gets some records again.
 */
const SESSIONS = ['p0', 'p1'] as const;

/** A record in a log, with what it says of itself. */
export type Entry = { session: string; partition: number; sequence: number; corrupt?: true };

/** One attempt and what the sender learnt of it. */
export type Sent = {
  session: string;
  partition: number;
  sequence: number;
  outcome: 'ok' | 'fail' | 'unknown';
};
/** What happened, before anybody told of it. */
export interface World {
  readonly partitions: number;
  readonly sent: readonly Sent[];
  /** What is in the log of each partition, by offset. */
  readonly logs: Entry[][];
  readonly redelivered: readonly Sent[];
}

/** A world without a defect. */
export function cleanWorld(rng: Rng): World {
  const partitions = 1 + rng.below(3);
  const sent: Sent[] = [];
  const logs: Entry[][] = Array.from({ length: partitions }, () => []);
  const next = new Map<string, number>();
  for (let index = 0; index < 200; index += 1) {
    const [session, partition] = [rng.pick(SESSIONS), rng.below(partitions)];
    const key = `${session}/${partition}`;
    const sequence = next.get(key) ?? 0;
    next.set(key, sequence + 1);
    const draw = rng.next();
    const outcome = draw < 0.08 ? 'unknown' : draw < 0.12 ? 'fail' : 'ok';
    sent.push({ session, partition, sequence, outcome });
    const applied = outcome === 'ok' || (outcome === 'unknown' && rng.next() < 0.5);
    if (applied) (logs[partition] as Entry[]).push({ session, partition, sequence });
  }
  const acknowledged = sent.filter(({ outcome }) => outcome === 'ok');
  const redelivered = Array.from({ length: 10 }, () => rng.pick(acknowledged));
  return { partitions, sent, logs, redelivered };
}

/**
 * An unknown record may come late, behind others of its session: nothing was promised of its place.
 */
export function delayUnknown({ sent, logs }: World, rng: Rng): void {
  const unknown = sent.filter(({ outcome }) => outcome === 'unknown');
  for (const { session, partition, sequence } of unknown) {
    const log = logs[partition] as Entry[];
    const at = log.findIndex((entry) => entry.session === session && entry.sequence === sequence);
    if (at < 0 || rng.next() < 0.5) continue;
    const [entry] = log.splice(at, 1);
    log.splice(at + rng.below(log.length - at + 1), 0, entry as Entry);
  }
}

/** What a final reader and the load tell of a world. */
export function recordOfWorld({ partitions, sent, logs, redelivered }: World): RunRecord {
  const plan = aPlan();
  const attempted = new Set(sent.map((one) => `${one.session}/${one.partition}/${one.sequence}`));
  const deltas = logs.flatMap((log, partition) => [
    ...readLog(log, partition, attempted),
    ...SESSIONS.flatMap((session) => sendDeltas(session, partition, { sent, redelivered })),
  ]);
  return {
    plan: {
      ...plan,
      topics: plan.topics.map((topic) => ({ ...topic, partitions })),
    },
    events: logs.map((log, partition) => {
      const end = String(log.length);
      return ends(partition, { records: log.length, highWatermark: end, position: end });
    }),
    samples: [],
    ledger: mergeDeltas(deltas),
    logs: [],
    cleanup: null,
    breaks: [],
  };
}

const FATE = { ok: 'acknowledged', fail: 'failed', unknown: 'unknown' } as const;

function sendDeltas(
  session: string,
  partition: number,
  { sent, redelivered }: Pick<World, 'sent' | 'redelivered'>,
): DeliveryDelta[] {
  const of = { topic: 'orders', partition, session } as const;
  const mine = (all: readonly Sent[]): Sent[] =>
    all.filter((one) => one.session === session && one.partition === partition);
  const runs = (all: readonly Sent[]) => rangesOfNumbers(all.map(({ sequence }) => sequence));
  return [
    { ...of, as: 'attempted', ranges: runs(mine(sent)) },
    { ...of, as: 'consumed-again', ranges: runs(mine(redelivered)) },
    ...(['ok', 'fail', 'unknown'] as const).map((outcome) => ({
      ...of,
      as: FATE[outcome],
      ranges: runs(mine(sent).filter((one) => one.outcome === outcome)),
    })),
  ];
}

function readLog(
  log: readonly Entry[],
  partition: number,
  attempted: ReadonlySet<string>,
): DeliveryDelta[] {
  const of = { topic: 'orders', partition } as const;
  const deltas: DeliveryDelta[] = [];
  const highest = new Map<string, number>();
  const seen = new Map<string, number>();
  const sets = new Map<string, { session: string; as: Fate; set: RangeSet }>();
  const tell = (session: string, as: Fate, sequence: number): void => {
    const key = `${session}/${as}`;
    const found = sets.get(key) ?? { session, as, set: new RangeSet() };
    found.set.add(sequence);
    sets.set(key, found);
  };
  log.forEach(({ session, partition: home, sequence, corrupt }, offset) => {
    const stranger = (as: 'phantom' | 'corrupt' | 'misplaced'): void => {
      deltas.push({ ...of, as, by: 'final-read', offset: String(offset), why: 'planted' });
    };
    const key = `${session}/${home}/${sequence}`;
    if (corrupt) return stranger('corrupt');
    if (!attempted.has(key)) return stranger('phantom');
    if (home !== partition) return stranger('misplaced');
    const before = seen.get(key);
    if (before !== undefined) {
      const offsets = [String(before), String(offset)];
      tell(session, 'in-log-again', sequence);
      deltas.push({ ...of, session, as: 'duplicate-offsets', sequence, offsets });
      return;
    }
    seen.set(key, offset);
    tell(session, 'in-log', sequence);
    const by = highest.get(session) ?? -1;
    if (by > sequence) {
      tell(session, 'in-log-out-of-order', sequence);
      deltas.push({ ...of, session, as: 'overtaken', sequence, by });
    } else highest.set(session, sequence);
  });
  const fates = [...sets.values()].map(({ session, as, set }) => ({
    ...of,
    session,
    as,
    ranges: set.ranges(),
  }));
  return [...deltas, ...fates];
}

/** The records of a world that were acknowledged, with their place in the log. */
export const placed = ({ sent, logs }: World): { at: number; log: Entry[]; of: Sent }[] =>
  sent
    .filter(({ outcome }) => outcome === 'ok')
    .map((of) => {
      const log = logs[of.partition] as Entry[];
      const at = log.findIndex(
        ({ session, sequence }) => session === of.session && sequence === of.sequence,
      );
      return { at, log, of };
    });
