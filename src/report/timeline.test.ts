import { describe, expect, it } from 'vitest';
import { exampleRun } from './example/example-run.ts';
import { timelineOf } from './timeline.ts';

const { record } = exampleRun('pass');
const shown = (kinds: readonly string[]): readonly string[] =>
  timelineOf(record.events)
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ t, text }) => `${t} ${text}`);

describe('timelineOf', () => {
  it('tells the life of a fault in order, with what was seen', () => {
    expect(shown(['fault'])).toEqual([
      '33212 fault-1 down broker-1 engaged by SIGKILL to pid 4701: signal sent (4 ms)',
      '33342 fault-1 down broker-1 seen to bite: process gone, 127.7.0.2:9092 refuses (130 ms)',
      '48920 fault-1 down broker-1 healed: started again as pid 4911 (708 ms)',
      '50610 fault-1 down broker-1 seen to be healed: answers as broker 1, in sync everywhere (1.69 s)',
    ]);
  });

  it('says NOT of an act that did not take', () => {
    const events = record.events.map((event) =>
      event.kind === 'fault' ? { ...event, took: false, seen: 'still up' } : event,
    );
    expect(timelineOf(events).find(({ kind, t }) => kind === 'fault' && t === 33_342)?.text).toBe(
      'fault-1 down broker-1 NOT seen to bite: still up (130 ms)',
    );
  });

  it('tells what came of a planned change', () => {
    const change = { kind: 'change', step: 'roll', change: 'rolling-restart', nodes: [] } as const;
    const events = [
      { ...change, t: 1, act: 'begin', took: true, seen: 'at most 4 m' },
      { ...change, t: 2, act: 'note', took: true, seen: 'stops broker-1 by SIGTERM' },
      { ...change, t: 3, act: 'end', took: false, seen: 'broker-1 is down' },
    ] as const;
    expect(timelineOf(events).map(({ text }) => text)).toEqual([
      'roll rolling-restart begins: at most 4 m',
      'roll rolling-restart goes on: stops broker-1 by SIGTERM',
      'roll rolling-restart NOT done: broker-1 is down',
    ]);
  });

  it('joins what changed together, and leaves out what was there at first', () => {
    expect(shown(['leader', 'in sync'])).toEqual([
      '36480 orders-0 broker-1 → broker-2 (epoch 1) · orders-3 broker-1 → broker-3 (epoch 1)',
      '36480 orders-1 −broker-1 · orders-2 −broker-1 · orders-4 −broker-1 · orders-5 −broker-1',
      '50520 orders-0 +broker-1 · orders-1 +broker-1 · orders-2 +broker-1 · ' +
        'orders-3 +broker-1 · orders-4 +broker-1 · orders-5 +broker-1',
    ]);
  });

  it('names a dozen of many partitions and counts the others', () => {
    const many = timelineOf(exampleRun('pass', { partitions: 60 }).record.events);
    const [change] = many.filter(({ kind }) => kind === 'in sync');
    expect(change?.text).toMatch(/ · … and 28 more$/u);
  });

  it('shows outages at their beginning, and nodes with their incarnation', () => {
    expect(shown(['outage'])[0]).toBe(
      '33211 orders-0: no acknowledgement for at most 3.98 s; 1 312 records of p0 were not acknowledged',
    );
    expect(shown(['node'])).toContain('48920 broker-1 up (4911 since 2026-05-04)');
  });

  it('is in order of time', () => {
    const times = timelineOf(record.events).map(({ t }) => t);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });
});
