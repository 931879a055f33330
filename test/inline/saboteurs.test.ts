import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/scenario/suite/scenario.ts';
import type { Sabotage } from '../../src/systems/simlog/saboteur/sabotage.ts';
import {
  catchesUp,
  leaderDownDelivered,
  mostDown,
  steady,
  steadyRate,
  steadyService,
} from './support/more-scenarios.ts';
import { notPassed, runInline } from './support/run-inline.ts';

/**
 * One simulated defect for every domain checker: exactly the checker whose claim it breaks fails,
 * and the others do not. A checker that no saboteur can trip is not trusted.
 */
const TABLE: readonly {
  sabotage: Sabotage;
  /** The leader of a partition goes down, unless told. */
  scenario?: Scenario;
  fails: readonly string[];
  code: string;
}[] = [
  { sabotage: { act: 'lose' }, fails: ['no-loss'], code: 'LOST' },
  { sabotage: { act: 'lie' }, fails: ['no-loss'], code: 'LOST' },
  { sabotage: { act: 'truncateOnElection' }, fails: ['no-loss'], code: 'LOST' },
  { sabotage: { act: 'loseTail' }, fails: ['no-loss'], code: 'LOST' },
  { sabotage: { act: 'duplicate' }, fails: ['no-duplicates'], code: 'DUP_LOG' },
  { sabotage: { act: 'reorder' }, fails: ['order'], code: 'REORDER' },
  { sabotage: { act: 'phantom' }, fails: ['no-strangers'], code: 'PHANTOM' },
  { sabotage: { act: 'corrupt' }, fails: ['no-strangers'], code: 'CORRUPT' },
  { sabotage: { act: 'corruptBatch' }, fails: ['no-strangers'], code: 'CORRUPT' },
  { sabotage: { act: 'misplace' }, fails: ['no-strangers'], code: 'WRONG_PARTITION' },
  { sabotage: { act: 'stall' }, fails: ['failover-within'], code: 'UNAVAILABLE_TOO_LONG' },
  { sabotage: { act: 'lagStuck' }, fails: ['lag-drained'], code: 'LAG_NOT_DRAINED' },
  { sabotage: { act: 'errorLog' }, fails: ['logs-clean'], code: 'FATAL_IN_LOG' },
  {
    sabotage: { act: 'hideFromConsumer' },
    scenario: leaderDownDelivered,
    fails: ['all-delivered'],
    code: 'UNDELIVERED',
  },
  {
    sabotage: { act: 'lagStuck' },
    scenario: catchesUp,
    fails: ['lag-below'],
    code: 'LAG_TOO_HIGH',
  },
  {
    sabotage: { act: 'slowAcks' },
    scenario: steady,
    fails: ['latency-at-most'],
    code: 'LATENCY_TOO_HIGH',
  },
  {
    sabotage: { act: 'takesLess' },
    scenario: steadyRate,
    fails: ['throughput-at-least'],
    code: 'THROUGHPUT_TOO_LOW',
  },
  {
    sabotage: { act: 'rebalanceStorm', times: 5 },
    scenario: steadyRate,
    fails: ['rebalances-at-most'],
    code: 'REBALANCES_TOO_MANY',
  },
  {
    sabotage: { act: 'acksBelowMinIsr' },
    scenario: mostDown,
    fails: ['min-isr-enforced'],
    code: 'AVAILABLE_WHEN_FORBIDDEN',
  },
  {
    sabotage: { act: 'dies' },
    scenario: steadyService,
    fails: ['nodes-stayed-up'],
    code: 'NODE_DIED',
  },
];

describe('saboteurs', () => {
  it.each(TABLE)(
    '$sabotage.act fails $fails and nothing else',
    async ({ sabotage, scenario, fails, code }) => {
      const run = await runInline({ sabotage, ...(scenario === undefined ? {} : { scenario }) });
      const failed = run.result.verdicts.filter(({ outcome }) => outcome === 'fail');
      expect(
        failed.map(({ claim }) => claim),
        notPassed(run).join('\n'),
      ).toEqual(fails);
      expect(failed.flatMap(({ anomalies }) => anomalies.map((anomaly) => anomaly.code))).toContain(
        code,
      );
      expect(run.result.outcome).toBe('fail');
      expect(run.result.exit).toBe(1);
    },
  );

  it.each([steady, steadyRate, steadyService, catchesUp, leaderDownDelivered, mostDown])(
    'are needed: without one, everything holds in $name',
    async (scenario) => {
      const run = await runInline({ scenario });
      expect(notPassed(run)).toEqual([]);
      expect(run.result.outcome).toBe('pass');
    },
  );
});
