import { allDelivered } from '../../../src/checkers/all-delivered.ts';
import { lagBelow } from '../../../src/checkers/lag-below.ts';
import { lagDrained } from '../../../src/checkers/lag-drained.ts';
import { latencyAtMost } from '../../../src/checkers/latency-at-most.ts';
import { minIsrEnforced } from '../../../src/checkers/min-isr-enforced.ts';
import { noDuplicates } from '../../../src/checkers/no-duplicates.ts';
import { noLoss } from '../../../src/checkers/no-loss.ts';
import { noStrangers } from '../../../src/checkers/no-strangers.ts';
import { ordered } from '../../../src/checkers/order.ts';
import { rebalancesAtMost } from '../../../src/checkers/rebalances-at-most.ts';
import { throughputAtLeast } from '../../../src/checkers/throughput-at-least.ts';
import { ms, seconds } from '../../../src/core/time.ts';
import { perSecond } from '../../../src/core/units.ts';
import type { CheckRef } from '../../../src/record/plan.ts';
import { down, nodes } from '../../../src/scenario/suite/builders.ts';
import type { Scenario } from '../../../src/scenario/suite/scenario.ts';
import { leaderDown } from './run-inline.ts';

const OF_THE_LOG = [noLoss(), noDuplicates(), ordered(), noStrangers(), allDelivered()];

const steadyWith = (name: string, checks: readonly CheckRef[]): Scenario => ({
  name,
  claim: 'A steady rate is held, quickly, and a group reads along.',
  topology: leaderDown.topology,
  workload: leaderDown.workload,
  warmUp: seconds(2),
  load: [{ rate: perSecond(300), for: seconds(20) }],
  checks: [...OF_THE_LOG, ...checks],
});

const ALONG = [
  lagDrained({ within: seconds(30) }),
  lagBelow({ age: seconds(3) }),
  rebalancesAtMost({ count: 1, each: seconds(5) }),
];

/** Load and nothing else. */
export const steady: Scenario = steadyWith('steady', [
  ...ALONG,
  throughputAtLeast({ rate: perSecond(280), every: seconds(5) }),
  latencyAtMost({ p99: ms(200), p999: ms(250) }),
]);

/** The same without a word on latency, which suffers from whatever a rate suffers from. */
export const steadyRate: Scenario = steadyWith('steady rate', [
  ...ALONG,
  throughputAtLeast(perSecond(280)),
]);

/** The same without a word on time. */
export const steadyService: Scenario = steadyWith('steady service', [
  lagDrained({ within: seconds(30) }),
]);

/** A leader goes down, and the group has to be back at the end of the log soon after. */
export const catchesUp: Scenario = {
  ...leaderDown,
  name: 'catches up',
  checks: [
    ...OF_THE_LOG.filter(({ claim }) => claim !== 'all-delivered'),
    lagBelow({ age: seconds(3), during: ['recover'], after: seconds(5) }),
  ],
};

/** A leader goes down; what is in the log is for the group, too. */
export const leaderDownDelivered: Scenario = {
  ...leaderDown,
  name: 'leader down, all delivered',
  checks: [...leaderDown.checks, allDelivered()],
};

/** Two of three brokers go down: nothing may be acknowledged until one is back. */
export const mostDown: Scenario = {
  ...leaderDown,
  name: 'most down',
  claim: 'Writes are not acknowledged with two of three brokers down, and nothing is lost.',
  timeline: [{ at: seconds(10), fault: down(nodes('broker-2', 'broker-3')), hold: seconds(12) }],
  checks: [...OF_THE_LOG, lagDrained({ within: seconds(30) }), minIsrEnforced()],
};
