import { ms, type Span } from '../core/time.ts';
import type { RunEvent } from '../record/events.ts';

/**
 * The shortest time in which the loss of a leader can be noticed, from the settings that the
 * running nodes reported: session time-out minus heartbeat interval, because the last heartbeat may
 * have come that long before the fault. With ZooKeeper the client pings three times a session
 * (ClientCnxn), so a third of the session takes the interval's place. Null when neither was
 * reported.
 */
export function failoverAtLeast(events: readonly RunEvent[]): Span | null {
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
