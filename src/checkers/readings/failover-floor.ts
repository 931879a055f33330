import { ms, type Span } from '../../core/time.ts';
import type { RunEvent } from '../../record/events.ts';
import { faultLives } from '../../record/fault-intervals.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Impact } from './impacts.ts';

/**
 * How fast no failover can be after an impact on a partition; null where there is no such time.
 *
 * A broker that is killed is silent, and its session has to run out. One that is paused or isolated
 * from everybody is as silent, but back as it was when it is healed: what was healed sooner was out
 * no longer than that. A leader that is isolated from its peers alone can still be written to. With
 * acks=all it cannot acknowledge, since it hears no replica and nobody who could take one out of
 * its in-sync set: the session counts for it too. With less, or where it is the only replica in
 * sync, it goes on by itself and there need be no outage at all.
 *
 * Everything else has no such time: a broker that is stopped hands its leaders over first (KIP-631,
 * controlled shutdown), and what other cuts and slow links do depends on what they leave whole.
 */
export function floorAfter(impact: Impact, of: TopicPartition, record: RunRecord): Span | null {
  if (impact.kind === 'change') return null;
  const noticed = noticedAtLeast(record.events);
  if (noticed === null) return null;
  switch (impact.name) {
    case 'down':
    case 'crash':
      return noticed;
    case 'pause':
      return whileHeld(noticed, impact, record);
    case 'isolate':
      return isSilenced(impact, of, record) ? whileHeld(noticed, impact, record) : null;
    default:
      return null;
  }
}

function whileHeld(noticed: Span, { step, by }: Impact, { events }: RunRecord): Span {
  const heal = faultLives(events).find((life) => life.step === step)?.heal;
  return heal === undefined || heal === null
    ? noticed
    : ms(Math.max(0, Math.min(noticed, heal.from - by)));
}

/** Whether an isolated leader can acknowledge nothing. */
function isSilenced({ step }: Impact, of: TopicPartition, { plan, events }: RunRecord): boolean {
  const planned = plan.timeline.find(({ id }) => id === step);
  const far = planned?.kind === 'fault' ? planned.params['far'] : undefined;
  if (far === 'everybody') return true;
  if (far !== 'peers' || plan.workload.params['acks'] !== 'all') return false;
  const engaged = faultLives(events).find((life) => life.step === step)?.engage?.from ?? 0;
  const seen = events.findLast(
    (event) =>
      event.kind === 'leadership' &&
      showPartition(event) === showPartition(of) &&
      event.t <= engaged,
  );
  return seen?.kind === 'leadership' && seen.isr.length > 1;
}

/**
 * The shortest time in which the loss of a leader can be noticed, from the settings that the
 * running nodes reported: session time-out minus heartbeat interval, because the last heartbeat may
 * have come that long before the fault. With ZooKeeper the client pings three times a session
 * (ClientCnxn), so a third of the session takes the interval's place. Null when neither was
 * reported.
 */
function noticedAtLeast(events: readonly RunEvent[]): Span | null {
  const smallest = (key: string): number | null => {
    const told = reported(events, key);
    return told.length === 0 ? null : Math.min(...told);
  };
  const session = smallest('broker.session.timeout.ms');
  if (session !== null) {
    // Kafka's default interval where only the session was reported.
    const heartbeat = Math.max(...reported(events, 'broker.heartbeat.interval.ms'), -1);
    return ms(Math.max(0, session - (heartbeat < 0 ? 2_000 : heartbeat)));
  }
  const zookeeper = smallest('zookeeper.session.timeout.ms');
  return zookeeper === null ? null : ms((zookeeper * 2) / 3);
}

const reported = (events: readonly RunEvent[], key: string): number[] =>
  events.flatMap((event) => {
    const value = event.kind === 'effective-config' ? event.values[key] : undefined;
    const number = Number(value);
    return value === undefined || !Number.isFinite(number) ? [] : [number];
  });
