import type { LeadershipEvent, RunEvent } from '../../record/events.ts';
import { type ChangeLife, changeLives, faultLives } from '../../record/fault-intervals.ts';
import { type StepId, showPartition, type TopicPartition } from '../../record/names.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { loadEnd } from '../../record/windows.ts';

/**
 * What one step of the timeline did to partitions. A fault has an effect at one moment, on the
 * partitions that its targets led. A planned change moves leaders whenever it comes to them; what
 * it touched is known afterwards, from the leaders that moved and from outages while it went on.
 */
export interface Impact {
  readonly kind: 'fault' | 'change';
  readonly step: StepId;
  /** `down`, `rolling-restart`. */
  readonly name: string;
  /** Of a fault: its effect came between `from` and `by`. Of a change: its begin, twice. */
  readonly from: number;
  readonly by: number;
  /** When it was seen to be over; null when it was not. */
  readonly over: number | null;
  /** Outages that begin later belong to the next step. */
  readonly until: number;
  readonly affected: readonly TopicPartition[];
}

/** What comes of a change may show so much after its end, in ms. */
const AFTER_CHANGE = 5_000;

/** The impact of every fault that was engaged and of every planned change that began, in order. */
export function impactsOf({ events }: RunRecord): Impact[] {
  const end = loadEnd(events) ?? events.at(-1)?.t ?? 0;
  const faults = faultLives(events).flatMap(({ step, engage, heal, confirmHeal }) =>
    engage === null || !engage.took
      ? []
      : [
          {
            kind: 'fault' as const,
            step,
            name: engage.fault,
            from: engage.from,
            by: engage.t,
            over: confirmHeal?.t ?? heal?.t ?? null,
            affected: engage.affected,
            last: end,
          },
        ],
  );
  const changes = changeLives(events).map((life) => {
    const last = Math.min(end, (life.end?.t ?? end) + AFTER_CHANGE);
    return {
      kind: 'change' as const,
      step: life.step,
      name: life.change,
      from: life.begin.t,
      by: life.begin.t,
      over: life.end?.t ?? null,
      affected: touchedBy(life, events, last),
      last,
    };
  });
  const all = [...faults, ...changes].sort((a, b) => a.from - b.from);
  return all.map(({ last, ...impact }) => {
    const later = all.map(({ from }) => from).filter((from) => from > impact.from);
    return { ...impact, until: Math.min(last, ...later) };
  });
}

/** Partitions whose leader moved, or that took no writes, while a change went on. */
function touchedBy(
  { begin }: ChangeLife,
  events: readonly RunEvent[],
  until: number,
): TopicPartition[] {
  const leaders = new Map<string, string | null>();
  const touched = new Map<string, TopicPartition>();
  const touch = ({ topic, partition }: TopicPartition): void => {
    touched.set(showPartition({ topic, partition }), { topic, partition });
  };
  for (const event of events) {
    if (event.kind === 'leadership') {
      const before = leaders.get(showPartition(event));
      leaders.set(showPartition(event), event.leader);
      if (isInside(event, begin.t, until) && before !== undefined && before !== event.leader) {
        touch(event);
      }
    } else if (event.kind === 'outage') {
      const { firstUnackedSentAt, lastUnackedSentAt } = event;
      if (lastUnackedSentAt >= begin.t && firstUnackedSentAt <= until) touch(event);
    }
  }
  return [...touched.values()];
}

const isInside = ({ t }: LeadershipEvent & { t: number }, from: number, to: number): boolean =>
  t >= from && t <= to;
