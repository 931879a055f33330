import type { JsonObject } from '../core/json.ts';
import type { Outcome } from '../core/outcome.ts';
import type { ClaimName } from '../record/names.ts';
import type { RunPlan } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';

/** Pure judgement of one claim over a record. It never looks at the world. */
export interface Checker {
  readonly claim: ClaimName;
  /** True when the claim says nothing about a run without faults: left out of control runs. */
  readonly needsFault: boolean;
  /**
   * True for claims about time: when the host was starved, they are inconclusive and not broken.
   */
  readonly aboutTime: boolean;
  /** Of a standing check: whether it says anything of such a run; of every run unless told. */
  applies?(plan: RunPlan): boolean;
  /** The claim in words, with its parameters: "no acknowledged record is lost". */
  statement(params: JsonObject): string;
  check(run: RunRecord, params: JsonObject): Finding;
}

/** What a checker found. */
export interface Finding {
  readonly outcome: Outcome;
  /** One sentence with figures: why. */
  readonly because: string;
  readonly measured: readonly Measurement[];
  /** How many things were looked at. Zero can never be a pass. */
  readonly looked: { readonly at: number; readonly what: string };
  readonly anomalies: readonly Anomaly[];
}

/** One figure that a checker took from the record. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'records' | 'records/s' | 'share' | 'count';
  /** What the value must be, when it is part of the claim: "at most 15 000". */
  readonly bound?: string;
}

/** A witness that a person can check by hand. */
export interface Anomaly {
  /**
   * From the fixed vocabulary: LOST, DUP_LOG, REORDER, PHANTOM, CORRUPT, UNAVAILABLE_TOO_LONG, …
   */
  readonly code: string;
  /** `orders-0`, a node, a step. */
  readonly where: string;
  readonly text: string;
}

/** A finding with its claim: one entry of verdict.json, one test of the vitest skin. */
export interface Verdict extends Finding {
  readonly claim: ClaimName;
  readonly statement: string;
  /** True for the checks that every run has. */
  readonly standing: boolean;
}
