import type { Rng } from '../../../core/rng.ts';
import type { Agenda } from '../agenda.ts';
import type { SimPartition } from '../partition.ts';

/** When a saboteur may act. */
export interface Occasion {
  readonly rng: Rng;
  /** How often it has acted. */
  readonly count: number;
  acknowledged(of: SimPartition, records: number): void;
  /** Whether it may act at all any more. */
  isLeft(): boolean;
  /** Whether it may act here, however much was acknowledged. */
  isOpen(of: SimPartition): boolean;
  /** Whether it may act here, and enough was acknowledged since the last time. */
  isDue(of: SimPartition): boolean;
  /** Counts an act; the place of the first one stays the place of all. */
  take(of?: SimPartition): void;
}

/** What a saboteur finds around it. */
export interface World {
  readonly agenda: Agenda;
  partitionsOf(topic: string): readonly SimPartition[];
  /** Lets every consumer group rebalance. */
  rebalance(): void;
}
