import type { EventBody, RunEvent } from '../../record/events.ts';
import { PHASES } from '../../record/plan.ts';

/** When things happened in the made-up run, in milliseconds since its origin. */
export const MOMENTS = {
  ready: 7_400,
  warmUp: 8_200,
  baseline: 13_200,
  engaged: 33_212,
  elected: 36_480,
  healed: 48_920,
  recovered: 50_610,
  loadEnd: 73_200,
  drained: 75_100,
  end: 77_900,
} as const;

const PHASE_BEGINS = [0, 210, 260, 1_480, 7_400, 8_200, 13_200, 73_200, 75_100, 75_500, 77_900];

const leaderAtFirst = (partition: number): string => `broker-${(partition % 3) + 1}`;
const at = (t: number, body: EventBody): RunEvent => ({ t, ...body });

/** The history of the made-up run: broker-1 leads orders-0, goes down, and comes back. */
export function exampleEvents(run: string, partitions: number): readonly RunEvent[] {
  const events = [
    at(0, {
      kind: 'begin',
      version: 2,
      run,
      anchor: '2026-05-04T03:12:00.000Z',
      highwater: '0.1.0',
      host: { platform: 'linux', cores: 2, node: 'v24.21.0' },
    }),
    ...phaseEvents(),
    ...windowEvents(),
    ...nodeEvents(),
    ...faultEvents(partitions),
    ...leadershipEvents(partitions),
    ...outageEvents(partitions),
  ].sort((one, other) => one.t - other.t);
  return [
    ...events,
    at(MOMENTS.end, {
      kind: 'end',
      events: events.length + 1,
      samples: 0,
      deltas: 0,
      reason: 'completed',
    }),
  ];
}

const phaseEvents = (): RunEvent[] =>
  PHASES.flatMap((phase, index) => [
    at(PHASE_BEGINS[index] as number, { kind: 'phase', phase, state: 'begin' }),
    at(PHASE_BEGINS[index + 1] as number, { kind: 'phase', phase, state: 'end' }),
  ]);

function windowEvents(): RunEvent[] {
  const windows = [
    ['warm-up', MOMENTS.warmUp, MOMENTS.baseline],
    ['baseline', MOMENTS.baseline, MOMENTS.engaged],
    ['disturb', MOMENTS.engaged, MOMENTS.recovered],
    ['recover', MOMENTS.recovered, MOMENTS.loadEnd],
  ] as const;
  return windows.flatMap(([window, from, to]) => [
    at(from, { kind: 'window', window, state: 'begin' }),
    at(to, { kind: 'window', window, state: 'end' }),
  ]);
}

function nodeEvents(): RunEvent[] {
  const up = { kind: 'node', state: 'up', ended: null, expected: true } as const;
  return [
    ...['controller-1', 'broker-1', 'broker-2', 'broker-3'].map((node, index) =>
      at(1_480 + index, { ...up, node, incarnation: `${4_700 + index} since 2026-05-04` }),
    ),
    at(MOMENTS.engaged + 20, {
      kind: 'node',
      node: 'broker-1',
      state: 'down',
      incarnation: null,
      ended: 'signal SIGKILL',
      expected: true,
    }),
    at(MOMENTS.healed, { ...up, node: 'broker-1', incarnation: '4911 since 2026-05-04' }),
  ];
}

function faultEvents(partitions: number): RunEvent[] {
  const affected = ledByFirst(partitions).map((partition) => ({ topic: 'orders', partition }));
  const act = (
    which: 'engage' | 'confirm' | 'heal' | 'confirm-heal',
    [from, t]: readonly [number, number],
    seen: string,
  ): RunEvent =>
    at(t, {
      kind: 'fault',
      step: 'fault-1',
      fault: 'down',
      act: which,
      targets: ['broker-1'],
      from,
      took: true,
      seen,
      affected: which === 'engage' ? affected : [],
      mechanism: 'SIGKILL to pid 4701',
    });
  const { engaged, healed, recovered } = MOMENTS;
  return [
    act('engage', [engaged - 4, engaged], 'signal sent'),
    act('confirm', [engaged, engaged + 130], 'process gone, 127.7.0.2:9092 refuses'),
    act('heal', [48_212, healed], 'started again as pid 4911'),
    act('confirm-heal', [healed, recovered], 'answers as broker 1, in sync everywhere'),
  ];
}

const ledByFirst = (partitions: number): number[] =>
  [...Array(partitions).keys()].filter((partition) => leaderAtFirst(partition) === 'broker-1');

function leadershipEvents(partitions: number): RunEvent[] {
  const all = ['broker-1', 'broker-2', 'broker-3'];
  const rows: RunEvent[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const first = leaderAtFirst(partition);
    const next = first === 'broker-1' ? `broker-${(partition % 2) + 2}` : first;
    const of = { kind: 'leadership', topic: 'orders', partition } as const;
    rows.push(at(7_900, { ...of, leader: first, epoch: 0, isr: all }));
    const epoch = next === first ? 0 : 1;
    rows.push(at(MOMENTS.elected, { ...of, leader: next, epoch, isr: all.slice(1) }));
    rows.push(at(MOMENTS.recovered - 90, { ...of, leader: next, epoch, isr: all }));
  }
  return rows;
}

const outageEvents = (partitions: number): RunEvent[] =>
  ledByFirst(partitions).map((partition) =>
    at(MOMENTS.elected + 700, {
      kind: 'outage',
      topic: 'orders',
      partition,
      session: 'p0',
      lastAckSentAt: MOMENTS.engaged - 8,
      lastAckAt: MOMENTS.engaged - 5,
      firstUnackedSentAt: MOMENTS.engaged - 1,
      lastUnackedSentAt: MOMENTS.elected + 600,
      firstAckSentAt: MOMENTS.elected + 640,
      firstAckAt: MOMENTS.elected + 700 + partition,
      attempts: 41,
      records: 1_312,
    }),
  );
