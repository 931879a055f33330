import { ms } from '../../core/time.ts';
import { perSecond, showCount, showRate, showSpan } from '../../core/units.ts';
import type { Driven, Stretch } from '../../scenario/standing/drive.ts';
import type { StandingNode } from '../../scenario/standing/standing.ts';
import { columns } from '../columns.ts';
import type { LiveSystem, UpState } from './state.ts';

/** How systems that are up are shown: plain text in columns, for people and for `awk`. Pure. */

/** One line a system. */
export function showSystems(systems: readonly LiveSystem[], now: Date): string {
  const rows = systems.map(({ name, run, liveness, state, owner }) => [
    name,
    state?.kind ?? '',
    stateWord(liveness, state),
    state === null ? '' : showSpan(ms(now.getTime() - Date.parse(state.since))),
    String(owner.pid),
    run,
  ]);
  return columns([['NAME', 'SYSTEM', 'STATE', 'SINCE', 'CONDUCTOR', 'RUN'], ...rows]);
}

const stateWord = (liveness: LiveSystem['liveness'], state: UpState | null): string => {
  if (liveness === 'dead') return 'died';
  if (liveness === 'unknown') return 'elsewhere';
  return state === null ? 'starting' : 'ready';
};

/** A system with its addresses, as Kafka's own tools want them, and its nodes as they are now. */
export function showSystem(state: UpState, nodes: readonly StandingNode[], logs: string): string {
  const { load, check } = state.bootstrap;
  const now = new Map(nodes.map((node) => [node.id, node]));
  const rows = state.nodes.map(({ id, load: clients, check: checks }) => {
    const node = now.get(id);
    // A pid, or the id of a container: what stands before the time in an incarnation.
    const process = node?.incarnation?.split(':')[0] ?? '';
    return [id, node?.state ?? 'gone', process, clients.join(',') || '-', checks.join(',') || '-'];
  });
  return [
    columns([['NODE', 'STATE', 'PROCESS', 'CLIENTS', 'CHECKS'], ...rows]),
    '\n',
    columns([
      ['clients', `--bootstrap-server ${load.join(',')}`],
      ['checks', `--bootstrap-server ${check.join(',')}`],
      ['topics', state.topics.join(' ') || 'none'],
      ['logs', logs],
    ]),
  ].join('');
}

/** What was measured of a stretch of load. */
export function showDriven({ totals, tookMs, latencies, outages }: Driven, asked: Stretch): string {
  const rate = perSecond(Math.round((totals.attempted * 1_000) / Math.max(tookMs, 1)));
  const count = showCount;
  const told = new Map(latencies.map((each) => [each.from, each]));
  const span = (value: number): string => showSpan(ms(value));
  const percentiles = (from: 'due' | 'send' | 'lateness'): string => {
    const found = told.get(from);
    if (found === undefined) return 'nothing measured';
    const { p50, p99, max } = found;
    return `p50 ${span(p50)}, p99 ${span(p99)}, at most ${span(max)}`;
  };
  const gaps = outages.map(({ topic, partition, firstUnackedSentAt, firstAckAt }) => {
    const lasted = firstAckAt === null ? 'not over' : span(firstAckAt - firstUnackedSentAt);
    return `${topic}-${partition} ${lasted}`;
  });
  return columns([
    ['sent', `${count(totals.attempted)} of ${count(totals.due)} due in ${span(tookMs)}`],
    ['rate', `${showRate(rate)} of ${showRate(perSecond(asked.rate))}`],
    ['acknowledged', count(totals.acknowledged)],
    ['unknown', count(totals.unknown)],
    ['failed', count(totals.failed)],
    ['dropped', count(totals.dropped)],
    ['latency, from due', percentiles('due')],
    ['latency, from send', percentiles('send')],
    ['lateness', percentiles('lateness')],
    ['outages', gaps.join(', ') || 'none'],
  ]);
}
