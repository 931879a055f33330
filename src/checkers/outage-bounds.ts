import type { OutageEvent, RunEvent } from '../record/events.ts';
import { type FaultAct, type FaultLife, faultLives } from '../record/fault-intervals.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import type { RunRecord } from '../record/run-record.ts';
import { countedOf, sumInside } from '../record/series.ts';
import { loadEnd } from '../record/windows.ts';

/**
 * How long writes to one partition were out after a fault, as an interval that the truth lies in.
 * The effect came between `engage.from` and `engage.t`; the record tells sends and
 * acknowledgements:
 *
 *   from ┄ effect ┄ t ·········x·········x··········A→ack        x sent, never acknowledged
 *                   └── lower ───────────┘           │           A the first acknowledged one
 *   └──────────────────────── upper ─────────────────┘
 */
export interface OutageBounds {
  readonly of: TopicPartition;
  readonly step: string;
  /** At least this long, in ms. */
  readonly lower: number;
  /** At most this long, in ms; null when it had not come back when the load ended. */
  readonly upper: number | null;
  /** True for the outage that began with the fault; later ones have bounds of their own. */
  readonly first: boolean;
  /** How it is known, in words. */
  readonly from: string;
}

/** What was affected and could not be measured, in words. */
export interface Unmeasured {
  readonly of: TopicPartition;
  readonly why: string;
}

/** One fault with what it affected, and the time in which its outages are looked for. */
interface Impact {
  readonly life: FaultLife;
  readonly engage: FaultAct;
  readonly until: number;
}

/** Bounds of every outage of every affected partition, and what has none. */
export function outageBounds(record: RunRecord): {
  readonly bounds: readonly OutageBounds[];
  readonly unmeasured: readonly Unmeasured[];
  /** How many partitions were affected, over all faults. */
  readonly affected: number;
} {
  const bounds: OutageBounds[] = [];
  const unmeasured: Unmeasured[] = [];
  let affected = 0;
  for (const impact of impactsOf(record)) {
    for (const partition of impact.engage.affected) {
      affected += 1;
      const found = boundsOf(record, impact, partition);
      if ('why' in found) unmeasured.push(found);
      else bounds.push(...found.bounds);
    }
  }
  return { bounds, unmeasured, affected };
}

function impactsOf(record: RunRecord): Impact[] {
  const lives = faultLives(record.events).filter(({ engage }) => engage?.took);
  const end = loadEnd(record.events) ?? record.events.at(-1)?.t ?? 0;
  return lives.map((life) => {
    const engage = life.engage as FaultAct;
    const next = lives
      .map((other) => (other.engage as FaultAct).from)
      .filter((from) => from > engage.from);
    return { life, engage, until: Math.min(end, ...next) };
  });
}

function boundsOf(
  record: RunRecord,
  impact: Impact,
  of: TopicPartition,
): { readonly bounds: readonly OutageBounds[] } | Unmeasured {
  const name = showPartition(of);
  const outages = outagesOf(record.events, name).filter(
    ({ firstAckAt, firstUnackedSentAt, lastUnackedSentAt }) =>
      firstUnackedSentAt < impact.until &&
      (firstAckAt === null || firstAckAt > impact.engage.from) &&
      lastUnackedSentAt >= impact.engage.from - SENT_BEFORE,
  );
  const bounds = outages.map((outage) => boundsFromOutage(impact, outage));
  if (bounds.some(({ first }) => first)) return { bounds };
  // Outages that came later say nothing of the fault itself.
  const itself = fromSamples(record, impact, of);
  return 'why' in itself ? itself : { bounds: [...itself.bounds, ...bounds] };
}

/** A request that was in flight when the fault came was sent up to this long before it, in ms. */
const SENT_BEFORE = 1_000;

const outagesOf = (events: readonly RunEvent[], name: string): OutageEvent[] =>
  events.filter(
    (event) => event.kind === 'outage' && showPartition(event) === name,
  ) as OutageEvent[];

function boundsFromOutage({ life, engage }: Impact, outage: OutageEvent): OutageBounds {
  const { topic, partition, session, lastAckAt, lastAckSentAt, firstAckAt } = outage;
  // What was acknowledged although it was sent after the effect shows that this outage came later.
  const first = lastAckSentAt === null || lastAckSentAt <= engage.t;
  const begunBy = first ? engage.t : Math.max(engage.t, outage.firstUnackedSentAt);
  const begunAfter = Math.max(engage.from, lastAckSentAt ?? engage.from);
  const sent = `${outage.attempts} attempts of session ${session} not acknowledged`;
  return {
    of: { topic, partition },
    step: life.step,
    lower: Math.max(0, outage.lastUnackedSentAt - begunBy),
    upper: firstAckAt === null ? null : Math.max(0, firstAckAt - begunAfter),
    first,
    from: lastAckAt === null ? `${sent}, none before it` : sent,
  };
}

/**
 * Nothing stayed unacknowledged, or only for a moment: then acknowledgements were late at most.
 * Each row of the series that has some bounds the silence between two of them.
 */
function fromSamples(
  record: RunRecord,
  { life, engage, until }: Impact,
  of: TopicPartition,
): { readonly bounds: readonly OutageBounds[] } | Unmeasured {
  const name = showPartition(of);
  const inside = { from: engage.t, to: Math.min(until, life.confirmHeal?.t ?? until) };
  const rowsOf = (series: 'attempted' | 'acknowledged') =>
    countedOf(record.samples, series).filter((row) => row.of === name);
  const attempted = rowsOf('attempted').filter(({ from }) => from >= inside.from);
  if (sumInside(attempted, inside) === 0) {
    return { of, why: `no attempt was made on ${name} while ${life.step} lasted` };
  }
  const acknowledged = rowsOf('acknowledged').filter(
    ({ to, count }) => count > 0 && to >= engage.from && to <= until,
  );
  if (acknowledged.length === 0) {
    return { of, why: `what became of the attempts on ${name} was not recorded` };
  }
  // The acknowledgements of a row came anywhere in it: the silence is at most from row to row.
  let silent = 0;
  let since = engage.from;
  for (const row of acknowledged) {
    silent = Math.max(silent, row.to - since);
    since = Math.max(since, row.from);
  }
  const from = 'every attempt was acknowledged; from the rows of the series';
  return { bounds: [{ of, step: life.step, lower: 0, upper: silent, first: true, from }] };
}
