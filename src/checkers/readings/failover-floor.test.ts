import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import type { RunEvent } from '../../record/events.ts';
import { AT, recordOf } from '../test/a-record.ts';
import { floorAfter } from './failover-floor.ts';
import { impactsOf } from './impacts.ts';

const OF = { topic: 'orders', partition: 0 };
const led = (isr: readonly string[]): RunEvent => ({
  t: AT.baseline,
  kind: 'leadership',
  ...OF,
  leader: 'broker-1',
  epoch: 1,
  isr,
});

/** The floor after a fault of that name on the clean record; the session allows 2.5 s. */
function floorOf(
  fault: string,
  how: {
    readonly params?: JsonObject;
    readonly acks?: string;
    readonly isr?: readonly string[];
    /** Healed so long after it bit. */
    readonly heldMs?: number;
  } = {},
): number | null {
  const { params = {}, acks = 'all', isr = ['broker-1', 'broker-2'], heldMs = 12_000 } = how;
  const record = recordOf((draft) => {
    draft.plan = {
      ...draft.plan,
      workload: { ...draft.plan.workload, params: { topic: 'orders', acks } },
      timeline: draft.plan.timeline.map((step) =>
        step.kind === 'fault' ? { ...step, fault, params } : step,
      ),
    };
    draft.events = [
      ...draft.events.map((event): RunEvent => {
        if (event.kind !== 'fault') return event;
        const healed = event.act === 'heal' ? { from: AT.engage + 5 + heldMs } : {};
        return { ...event, fault, ...healed };
      }),
      led(isr),
    ];
  });
  const [impact] = impactsOf(record);
  if (impact === undefined) throw new Error('no impact');
  return floorAfter(impact, OF, record);
}

describe('how fast no failover can be', () => {
  it.each<[string, Parameters<typeof floorOf>, number | null]>([
    ['a killed broker is silent', ['down'], 2_500],
    [
      'also when it is started soon: its old session still counts',
      ['down', { heldMs: 900 }],
      2_500,
    ],
    ['a paused one is silent', ['pause'], 2_500],
    ['but back as it was when it is resumed', ['pause', { heldMs: 900 }], 900],
    ['a graceful stop can be quick', ['stop'], null],
    ['isolated from everybody is silent', ['isolate', { params: { far: 'everybody' } }], 2_500],
    ['isolated from peers cannot acknowledge', ['isolate', { params: { far: 'peers' } }], 2_500],
    [
      'and is back when it is healed',
      ['isolate', { params: { far: 'peers' }, heldMs: 1_000 }],
      1_000,
    ],
    [
      'with acks=1 it goes on acknowledging',
      ['isolate', { params: { far: 'peers' }, acks: 'leader' }],
      null,
    ],
    [
      'and so it does when nobody else is in sync',
      ['isolate', { params: { far: 'peers' }, isr: ['broker-1'] }],
      null,
    ],
    ['isolated from clients it stays leader', ['isolate', { params: { far: 'clients' } }], null],
    ['a cut may leave everything whole', ['cut'], null],
    ['a slow link may put nothing out', ['slow'], null],
  ])('%s', (_, [fault, how], expected) => {
    expect(floorOf(fault, how)).toBe(expected);
  });
});
