import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Capability } from '../environments/capabilities.ts';
import type { Node } from '../environments/node.ts';
import type { Sut } from '../systems/system.ts';

/** Harm with an undo and a proof. */
export interface FaultKind {
  readonly name: string;
  readonly needs: (params: JsonObject) => readonly Capability[];
  /** Every problem of the parameters, in words. Pure. */
  problems(params: JsonObject): readonly string[];
  /** Does the harm; returns as soon as it is done. Throws when it could not. */
  engage(input: EngageInput): Promise<Engaged>;
}

/** What a fault is given to do its harm with; targets are resolved already. */
export interface EngageInput {
  readonly targets: readonly Node[];
  readonly params: JsonObject;
  readonly sut: Sut;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Harm that was done. */
export interface Engaged {
  /** How it was done, for the record: "SIGKILL to pid 4711". */
  readonly mechanism: string;
  /**
   * Looks from another angle whether it bit: process gone, address refuses. Waits as long as that
   * may take.
   */
  confirm(signal: AbortSignal): Promise<Effect>;
  /** Undoes it; idempotent. */
  heal(signal: AbortSignal): Promise<void>;
  /** Looks whether it is undone: running anew, answering as itself. */
  confirmHeal(signal: AbortSignal): Promise<Effect>;
}

/** What a look at harm, or at its undo, found. */
export interface Effect {
  readonly took: boolean;
  /** What was seen, in words. */
  readonly seen: string;
}
