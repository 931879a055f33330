import type { Verdict } from '../../checkers/checker.ts';
import type { RunResult } from '../../checkers/result.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { exampleEvents } from './example-events.ts';
import { examplePlan } from './example-plan.ts';
import { exampleSamples } from './example-samples.ts';

/**
 * A made-up run: what the reporters' tests and `scripts/preview-report.mjs` show when no real run
 * is at hand. Nothing here is measured.
 */
export interface ExampleRun {
  readonly record: RunRecord;
  readonly result: RunResult;
}

const RUN = '2026-05-04T0312-leader-down-1f3a';

/** Makes the example; `fail` has a broken claim, `inconclusive` one that could not be judged. */
export function exampleRun(
  outcome: RunResult['outcome'] = 'pass',
  { partitions = 6 }: { partitions?: number } = {},
): ExampleRun {
  const plan = examplePlan(partitions);
  const { scenario, environment, system, profile, seed, control } = plan;
  const verdicts = [
    outcome === 'fail' ? LOSS_BROKEN : LOSS_HOLDS,
    outcome === 'inconclusive' ? FAILOVER_UNKNOWN : FAILOVER_HOLDS,
    LAG_HOLDS,
    ...STANDING,
  ];
  return {
    record: {
      plan,
      events: exampleEvents(RUN, partitions),
      samples: exampleSamples(partitions),
      ledger: { deliveries: [], strangers: [], duplicates: [], overtaken: [] },
      logs: [{ node: 'broker-1', lines: 812, errors: [], errorCount: 0 }],
      cleanup: { entries: [], failures: 0, leftovers: [] },
      breaks: [],
    },
    result: {
      version: 1,
      run: RUN,
      scenario,
      environment,
      system,
      profile,
      seed,
      control,
      outcome,
      exit: outcome === 'pass' ? 0 : outcome === 'fail' ? 1 : 2,
      verdicts,
      troubles: [],
      hostStarved: outcome === 'inconclusive' ? 'the event loop was late by 412 ms (p99)' : null,
    },
  };
}

const LOSS_HOLDS: Verdict = {
  claim: 'no-loss',
  standing: false,
  statement: 'no acknowledged record is lost',
  outcome: 'pass',
  because: 'all 117 312 acknowledged records are in the log',
  measured: [
    { name: 'acknowledged', value: 117_312, unit: 'records' },
    { name: 'lost', value: 0, unit: 'records', bound: 'none' },
    { name: 'unknown', value: 1_312, unit: 'records' },
  ],
  looked: { at: 117_312, what: 'acknowledged records' },
  anomalies: [],
};

const LOSS_BROKEN: Verdict = {
  ...LOSS_HOLDS,
  outcome: 'fail',
  because: '64 of 117 312 acknowledged records are in no replica of their partition',
  measured: [
    { name: 'acknowledged', value: 117_312, unit: 'records' },
    { name: 'lost', value: 64, unit: 'records', bound: 'none' },
  ],
  anomalies: [...Array(16).keys()].map((index) => ({
    code: 'LOST',
    where: `orders-${index % 2 === 0 ? 0 : 3}`,
    text:
      `sequence numbers ${5_520 + 40 * index}–${5_523 + 40 * index} of session p0 were ` +
      'acknowledged and are absent from the segments of all three replicas',
  })),
};

const FAILOVER_HOLDS: Verdict = {
  claim: 'failover-within',
  standing: false,
  statement: 'writes to every affected partition resume within 15 s',
  outcome: 'pass',
  because: 'the longest outage, of orders-0, took between 3.97 s and 3.98 s',
  measured: [
    { name: 'longest outage', value: 3_980, unit: 'ms', bound: 'at most 15 s' },
    { name: 'partitions affected', value: 2, unit: 'count' },
  ],
  looked: { at: 2, what: 'affected partitions' },
  anomalies: [],
};

const FAILOVER_UNKNOWN: Verdict = {
  ...FAILOVER_HOLDS,
  outcome: 'inconclusive',
  because: 'the host was starved: the event loop was late by 412 ms (p99), so times mean nothing',
};

const LAG_HOLDS: Verdict = {
  claim: 'lag-drained',
  standing: false,
  statement: 'the lag of every partition is drained within 60 s of the last heal',
  outcome: 'pass',
  because: 'the last partition was drained 2.31 s after the heal',
  measured: [
    { name: 'drained after', value: 2_310, unit: 'ms', bound: 'at most 1 m' },
    { name: 'largest lag', value: 4_046, unit: 'records' },
  ],
  looked: { at: 402, what: 'lag samples' },
  anomalies: [],
};

const standing = (claim: string, statement: string, because: string): Verdict => ({
  claim,
  standing: true,
  statement,
  outcome: 'pass',
  because,
  measured: [{ name: 'share of the planned rate', value: 0.998, unit: 'share' }],
  looked: { at: 60, what: 'seconds of load' },
  anomalies: [],
});

const STANDING = [
  standing('load-was-real', 'the load ran at its planned rate', '99.8 % of it was attempted'),
  standing('faults-took', 'every fault bit and was healed', 'fault-1 was seen from two angles'),
  standing('nothing-left-behind', 'nothing is left of the run', 'a census found nothing'),
  standing('no-fatal-logs', 'no log holds a fatal signature', '812 lines were looked at'),
];
