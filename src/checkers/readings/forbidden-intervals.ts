import { faultLives } from '../../record/fault-intervals.ts';
import { type NodeId, showPartition, type TopicPartition } from '../../record/names.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Interval } from '../../record/windows.ts';

/**
 * When no acks=all write to a partition may be acknowledged: while fewer of its replicas than
 * min.insync.replicas can have the record. Two things show it, each with edges on the safe side:
 *
 *  - Nodes that were seen down or standing still. Replicas of a partition are at most those that
 *    were ever seen in sync; when fewer than min ISR of them are up, no write can get its copies,
 *    whatever the in-sync set says: one that still holds dead replicas waits for them.
 *  - The in-sync set itself, seen smaller than min ISR by the watch on leadership. It grows only
 *    when a replica comes back.
 *
 * Both end when the first heal begins, or some time before the end was seen: a look comes every
 * 250 ms and may have taken long itself. Where the watch on leadership failed to look, nothing is
 * known of in-sync sets any more, and that interval ends.
 */
export function forbiddenIntervals(record: RunRecord, of: TopicPartition): Interval[] {
  const least = record.plan.topics.find(({ name }) => name === of.topic)?.minInSync ?? 1;
  return united([...byNodes(record, of, least), ...byInSync(record, of, least)]);
}

/** The end of a state may have come so much before it was seen, in ms. */
const SEEN_LATE = 2_000;

const united = (intervals: readonly Interval[]): Interval[] => {
  const all: Interval[] = [];
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (to <= from) continue;
    if (last === undefined || from > last.to) all.push({ from, to });
    else all[all.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return all;
};

/** The first moment after `from` at which somebody began to undo something; infinite without. */
const healAfter = ({ events }: RunRecord, from: number): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...faultLives(events).flatMap(({ heal }) =>
      heal !== null && heal.from >= from ? [heal.from] : [],
    ),
  );

function byInSync(record: RunRecord, of: TopicPartition, least: number): Interval[] {
  const name = showPartition(of);
  const intervals: Interval[] = [];
  let since: number | null = null;
  const close = (to: number): void => {
    if (since !== null) {
      intervals.push({ from: since, to: Math.min(to, healAfter(record, since)) });
    }
    since = null;
  };
  for (const event of record.events) {
    if (event.kind === 'watch-failed' && event.watch === 'leadership') close(event.t - SEEN_LATE);
    if (event.kind !== 'leadership' || showPartition(event) !== name) continue;
    if (event.isr.length >= least) close(event.t - SEEN_LATE);
    else since ??= event.t;
  }
  close(healAfter(record, since ?? 0));
  return intervals.filter(({ to }) => Number.isFinite(to));
}

function byNodes(record: RunRecord, of: TopicPartition, least: number): Interval[] {
  const replicas = replicasOf(record, of);
  if (replicas === null) return [];
  const intervals: Interval[] = [];
  const away = new Set<NodeId>();
  let since: number | null = null;
  for (const event of record.events) {
    if (event.kind !== 'node' || !replicas.includes(event.node)) continue;
    if (event.state === 'up') away.delete(event.node);
    else away.add(event.node);
    const forbidden = replicas.length - away.size < least;
    if (forbidden) since ??= event.t;
    else if (since !== null) {
      const to = Math.min(event.t - SEEN_LATE, healAfter(record, since));
      intervals.push({ from: since, to });
      since = null;
    }
  }
  if (since !== null) intervals.push({ from: since, to: healAfter(record, since) });
  return intervals.filter(({ to }) => Number.isFinite(to));
}

/** All nodes that were ever in sync: at least all replicas, or null when they are not known. */
function replicasOf(record: RunRecord, of: TopicPartition): readonly NodeId[] | null {
  const name = showPartition(of);
  const seen = record.events.flatMap((event) =>
    event.kind === 'leadership' && showPartition(event) === name ? event.isr : [],
  );
  const nodes = [...new Set(seen)];
  const planned = record.plan.topics.find(({ name: topic }) => topic === of.topic)?.replication;
  return planned !== undefined && nodes.length >= planned ? nodes : null;
}
