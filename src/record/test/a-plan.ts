import { PHASES, type PhaseName, type RunPlan } from '../plan.ts';

/** A plan for tests: one topic `orders` with two partitions, 100 records a second, one fault. */
export function aPlan(changes: Partial<RunPlan> = {}): RunPlan {
  return {
    version: 2,
    scenario: { name: 'a test', claim: 'Nothing is lost.', suite: 'test' },
    control: false,
    environment: 'memory',
    profile: 'fast',
    seed: '1f3a',
    system: { kind: 'simlog', spec: {} },
    topics: [{ name: 'orders', partitions: 2, replication: 3, minInSync: 2, config: {} }],
    workload: { name: 'produce-consume', params: { topic: 'orders' } },
    load: {
      warmUpMs: 1_000,
      stages: [{ fromRate: 100, toRate: 100, forMs: 60_000 }],
      overtimeMs: 0,
      workers: 1,
    },
    links: [],
    timeline: [
      {
        kind: 'fault',
        id: 'fault-1',
        fault: 'down',
        target: { leaderOf: { topic: 'orders', partition: 0 } },
        other: null,
        params: {},
        atMs: 20_000,
        after: null,
        withinMs: 10_000,
        holdMs: 15_000,
      },
    ],
    watches: ['lag'],
    checks: [],
    budgetsMs: Object.fromEntries(PHASES.map((name) => [name, 60_000])) as Record<
      PhaseName,
      number
    >,
    ...changes,
  };
}
