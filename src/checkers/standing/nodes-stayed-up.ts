import { ms } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import type { NodeEvent } from '../../record/events.ts';
import { changeLives, faultLives } from '../../record/fault-intervals.ts';
import type { NodeId } from '../../record/names.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Interval } from '../../record/windows.ts';
import type { Anomaly, Checker } from '../checker.ts';
import { decide, fullDisk } from '../finding.ts';

/**
 * Claim, of every run: no node's process ended by itself.
 *
 * Sees: a node that was seen down, or as another incarnation, although no fault and no planned
 * change had its hands on it (NODE_DIED). A broker that exits or crashes is broken whatever its log
 * says.
 *
 * Does not mind: a node that comes back after its fault was healed.
 *
 * Cannot see: a death and a return between two looks in which the incarnation stayed the same;
 * there is none, since an incarnation is a process and its start time.
 *
 * False alarms: a process that somebody else ended. One that died of a signal that nobody here
 * sent (the kernel's OOM killer sends SIGKILL) is inconclusive, and so is one on a full disk; one
 * that nobody here stopped and that stands still, too.
 */
export const nodesStayedUpChecker: Checker = {
  claim: 'nodes-stayed-up',
  needsFault: false,
  aboutTime: false,
  statement: () => 'no node ended by itself',
  check(record) {
    const nodes = new Set(record.events.flatMap((e) => (e.kind === 'node' ? [e.node] : [])));
    const found = [...nodes].sort().flatMap((node) => endingsOf(record, node));
    const full = fullDisk(record);
    return decide({
      looked: { at: nodes.size, what: 'nodes' },
      measured: [
        { name: 'nodes that ended by themselves', value: found.length, unit: 'count', bound: '0' },
      ],
      anomalies: full === null ? found.flatMap(({ anomaly }) => anomaly ?? []) : [],
      doubts: found.flatMap(({ anomaly, doubt }) =>
        anomaly === undefined ? (doubt ?? []) : full === null ? [] : `${full}; ${anomaly.text}`,
      ),
      holds: `none of ${nodes.size} nodes ended by itself`,
    });
  },
};

type NodeLook = NodeEvent & { readonly t: number };

interface Ending {
  readonly anomaly?: Anomaly;
  readonly doubt?: string;
}

function endingsOf(record: RunRecord, node: NodeId): Ending[] {
  const looks = record.events.filter(
    (event) => event.kind === 'node' && event.node === node,
  ) as readonly NodeLook[];
  const ours = heldOf(record, node);
  return looks.flatMap((look, index) => {
    const before = looks[index - 1];
    const isOurs = look.expected || ours.some(({ from, to }) => look.t >= from && look.t <= to);
    return before === undefined || isOurs ? [] : [endingOf(before, look)].filter((e) => e !== null);
  });
}

function endingOf(
  before: NodeLook,
  { node, t, state, incarnation, ended }: NodeLook,
): Ending | null {
  const when = `at ${showSpan(ms(t))} of the run`;
  if (state === 'paused')
    return { doubt: `${node} stood still ${when}, and nobody here stopped it` };
  if (state === 'up' && (before.state === 'down' || before.incarnation === incarnation))
    return null;
  const how = ended ?? (state === 'up' ? 'it is another process than before' : 'nobody knows how');
  if (ended !== null && SENT.test(ended)) {
    return { doubt: `${node} was ended from outside ${when} (${ended}): nobody here sent that` };
  }
  return { anomaly: { code: 'NODE_DIED', where: node, text: `ended by itself ${when}: ${how}` } };
}

/** Signals that a process does not send itself; a JVM that is told to end exits with 128 + 15. */
const SENT = /signal SIG(KILL|TERM|INT|HUP|QUIT)|exit code 1(37|43|30)\b/;

/** A node that was let go may be looked at so much later, in ms. */
const LOOKED_LATE = 2_000;

/** When a fault or a planned change had its hands on the node, by what they told themselves. */
function heldOf({ events }: RunRecord, node: NodeId): Interval[] {
  const faults = faultLives(events)
    .filter(({ engage }) => engage?.targets.includes(node))
    .map(({ engage, confirmHeal }) => ({ from: engage?.from ?? 0, to: confirmHeal?.t ?? null }));
  const changes = changeLives(events)
    .filter(({ end }) => end?.nodes.includes(node) ?? true)
    .map(({ begin, end }) => ({ from: begin.t, to: end?.t ?? null }));
  return [...faults, ...changes].map(({ from, to }) => ({
    from,
    to: to === null ? Number.POSITIVE_INFINITY : to + LOOKED_LATE,
  }));
}
