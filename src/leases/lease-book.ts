import type { JsonObject } from '../core/json.ts';

/**
 * What a run holds of the world, told before it is taken, so that somebody else can give it back
 * when the run dies: `intent` before, `acquired` after, `released` when given back. Never by name.
 */
export interface LeaseBook {
  /** Writes the intent durably and returns the lease. */
  intend(kind: LeaseKind, what: JsonObject): Lease;
  /** Leases that were not released. */
  held(): readonly HeldLease[];
}

/** One thing that is held, from the wish to have it until it is given back. */
export interface Lease {
  readonly id: string;
  /** Writes what was really got (pid with start time and boot id, path, block). */
  acquired(what: JsonObject): void;
  released(): void;
}

/** Kinds of things that can be held. */
export type LeaseKind =
  | 'owner'
  | 'process'
  | 'address-block'
  | 'folder'
  | 'mount'
  | 'containers'
  | 'namespace';

/** A lease that was not released, as it was last written. */
export interface HeldLease {
  readonly id: string;
  readonly kind: LeaseKind;
  readonly state: 'intent' | 'acquired';
  readonly what: JsonObject;
}
