/**
 * What a suite imports: `import { scenario, … } from 'highwater'`. Everything here only describes;
 * nothing runs until `highwater run` or vitest loads the suite.
 */
export { allDelivered } from './checkers/all-delivered.ts';
export { failoverWithin } from './checkers/failover-within.ts';
export { lagBelow } from './checkers/lag-below.ts';
export { lagDrained } from './checkers/lag-drained.ts';
export { latencyAtMost } from './checkers/latency-at-most.ts';
export { minIsrEnforced } from './checkers/min-isr-enforced.ts';
export { noDuplicates } from './checkers/no-duplicates.ts';
export { noLoss } from './checkers/no-loss.ts';
export { noStrangers } from './checkers/no-strangers.ts';
export { ordered } from './checkers/order.ts';
export { rebalancesAtMost } from './checkers/rebalances-at-most.ts';
export { throughputAtLeast } from './checkers/throughput-at-least.ts';
export { minutes, ms, type Span, seconds } from './core/time.ts';
export { type Bytes, bytes, mebibytes, perSecond, type Rate } from './core/units.ts';
export type { CheckRef } from './record/plan.ts';
export type { Share, TargetRule } from './record/targets.ts';
export {
  atOnce,
  controller,
  crash,
  diskFailed,
  diskFull,
  down,
  followerOf,
  groupCoordinator,
  lastInSyncOf,
  leaderOf,
  nemesis,
  nodes,
  pause,
  restart,
  role,
  stop,
  transactionCoordinator,
  zookeeperFollower,
  zookeeperLeader,
} from './scenario/suite/builders.ts';
export {
  addBrokers,
  alterConfig,
  createTopic,
  deleteTopic,
  electPreferred,
  reassign,
  removeBrokers,
  rollingRestart,
  rollingUpgrade,
  type WhichNodes,
} from './scenario/suite/change-builders.ts';
export { scenario } from './scenario/suite/collector.ts';
export {
  blackhole,
  bridge,
  cut,
  type FarEnd,
  isolate,
  resetLinks,
  slow,
  split,
} from './scenario/suite/link-builders.ts';
export { flashSale, iot, logProcessing } from './scenario/suite/load-presets.ts';
export {
  churn,
  crashMembers,
  leaveMembers,
  members,
  pauseMembers,
  poisonMembers,
} from './scenario/suite/member-builders.ts';
export type {
  ChangeRef,
  FaultRef,
  Scenario,
  Stage,
  Step,
  TopicSpec,
  WorkloadRef,
} from './scenario/suite/scenario.ts';
export { produceConsume } from './workloads/produce-consume/builder.ts';
