import type { Checker } from './checker.ts';
import { failoverWithinChecker } from './failover-within.ts';
import { lagDrainedChecker } from './lag-drained.ts';
import { noDuplicatesChecker } from './no-duplicates.ts';
import { noLossChecker } from './no-loss.ts';
import { noStrangersChecker } from './no-strangers.ts';
import { orderChecker } from './order.ts';

/** The checks that a suite may name. */
export const DOMAIN_CHECKERS: readonly Checker[] = [
  noLossChecker,
  noDuplicatesChecker,
  orderChecker,
  noStrangersChecker,
  failoverWithinChecker,
  lagDrainedChecker,
];
