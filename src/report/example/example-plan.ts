import type { RunPlan } from '../../record/plan.ts';

/** Budgets of every phase of the made-up run, in milliseconds. */
const BUDGETS = {
  reserve: 5_000,
  launch: 20_000,
  ready: 60_000,
  prepare: 20_000,
  'warm-up': 15_000,
  load: 120_000,
  drain: 60_000,
  evidence: 30_000,
  close: 60_000,
} as const;

/** The plan of the made-up run that the reporters' tests and the preview show. */
export function examplePlan(partitions: number): RunPlan {
  return {
    version: 2,
    scenario: {
      name: 'the leader of a partition goes down under steady load',
      claim:
        'No acknowledged record is lost, writes resume within 15 s, and lag is drained ' +
        'within 60 s of the heal.',
      suite: 'failover/leader-down',
    },
    control: false,
    environment: 'local',
    profile: 'fast',
    seed: '1f3a',
    system: { kind: 'kafka', spec: { version: '4.3.1', brokers: 3, controllers: 1 } },
    topics: [
      {
        name: 'orders',
        partitions,
        replication: 3,
        minInSync: 2,
        config: { 'unclean.leader.election.enable': 'false' },
      },
    ],
    workload: { name: 'produce-consume', params: { topic: 'orders', acks: 'all' } },
    load: {
      warmUpMs: 5_000,
      stages: [{ fromRate: 2_000, toRate: 2_000, forMs: 60_000 }],
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
    watches: ['consumer-lag', 'in-sync-replicas'],
    checks: [
      { claim: 'no-loss', params: {} },
      { claim: 'failover-within', params: { withinMs: 15_000 } },
    ],
    budgetsMs: BUDGETS,
  };
}
