import type { SimBatch } from '../batch.ts';
import type { Reply } from '../network.ts';
import type { Produced, ProduceRequest, SimPartition } from '../partition.ts';
import type { ReplicaLog } from '../replica-log.ts';
import type { Occasion, World } from './occasion.ts';

/** The places at which one kind of sabotage meddles; it leaves the others alone. */
export interface Act {
  acknowledged?(of: SimPartition, request: ProduceRequest, produced: Produced): void;
  produced?(of: SimPartition, request: ProduceRequest, reply: Reply<Produced>): boolean;
  overlooksMinIsr?(of: SimPartition): boolean;
  elected?(of: SimPartition, log: ReplicaLog): void;
  fencingIn?(wait: number): number;
  electionIn?(of: SimPartition): number | null;
  hides?(of: SimPartition, batch: SimBatch): boolean;
  holdsBack?(of: SimPartition): boolean;
}

/** What an act works with: when it may, and on what. */
export interface With {
  readonly occasion: Occasion;
  readonly world: World;
}
