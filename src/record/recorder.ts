import type { EventBody } from './events.ts';
import type { DeliveryDelta } from './ledger.ts';
import type { Sample } from './samples.ts';

/**
 * Where everything that happens is told. Events get their time from the run's clock unless one is
 * given. Writing is synchronous and in order: what was told is on disk before the call returns.
 */
export interface Recorder {
  event(body: EventBody, t?: number): void;
  samples(rows: readonly Sample[]): void;
  deliveries(deltas: readonly DeliveryDelta[]): void;
}
