import type { Checker } from '../checker.ts';
import { ensembleAgreesChecker } from './ensemble-agrees.ts';
import { faultsBitAndHealedChecker } from './faults-bit-and-healed.ts';
import { loadWasRealChecker } from './load-was-real.ts';
import { logsCleanChecker } from './logs-clean.ts';
import { nodesStayedUpChecker } from './nodes-stayed-up.ts';
import { nothingLeftBehindChecker } from './nothing-left-behind.ts';

/** The checks that every run has to which they apply, whether its suite names them or not. */
export const STANDING_CHECKERS: readonly Checker[] = [
  loadWasRealChecker,
  faultsBitAndHealedChecker,
  nothingLeftBehindChecker,
  logsCleanChecker,
  nodesStayedUpChecker,
  ensembleAgreesChecker,
];
