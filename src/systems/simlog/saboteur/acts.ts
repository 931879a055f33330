import type { Act, With } from './act.ts';
import { corrupt, corruptBatch, duplicate, misplace, phantom, reorder } from './acts-of-content.ts';
import { lie, lose, loseTail, truncateOnElection } from './acts-of-loss.ts';
import { errorLog, failoverTooFast, hideFromConsumer, lagStuck, stall } from './acts-of-service.ts';
import { acksBelowMinIsr, dies, rebalanceStorm, slowAcks, takesLess } from './acts-of-strain.ts';
import type { Sabotage, SabotageAct } from './sabotage.ts';

const ACTS: Readonly<Record<SabotageAct, (sabotage: Sabotage, by: With) => Act>> = {
  lose,
  loseTail,
  lie,
  truncateOnElection,
  duplicate,
  reorder,
  corrupt,
  corruptBatch,
  phantom,
  misplace,
  stall,
  failoverTooFast,
  hideFromConsumer,
  lagStuck,
  errorLog,
  slowAcks,
  takesLess,
  acksBelowMinIsr,
  rebalanceStorm,
  dies,
};

/** What a sabotage does, and where. */
export const actOf = (sabotage: Sabotage, by: With): Act => ACTS[sabotage.act](sabotage, by);
