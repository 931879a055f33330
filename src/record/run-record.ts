import type { CleanupReport } from '../core/scope.ts';
import type { RunEvent } from './events.ts';
import type { Ledger } from './ledger.ts';
import type { NodeId } from './names.ts';
import type { RunPlan } from './plan.ts';
import type { Sample } from './samples.ts';

/** All that a judge gets to see of a run. */
export interface RunRecord {
  readonly plan: RunPlan;
  readonly events: readonly RunEvent[];
  readonly samples: readonly Sample[];
  readonly ledger: Ledger;
  readonly logs: readonly LogDigest[];
  /**
   * Null when the run directory has no cleanup.json: cleaning up was not finished, or not recorded.
   */
  readonly cleanup: CleanupRecord | null;
  /** Why the record is not whole: "history.ndjson breaks off in line 812". Empty when it is. */
  readonly breaks: readonly string[];
}

/** What the logs of one node hold. */
export interface LogDigest {
  readonly node: NodeId;
  readonly lines: number;
  /** Lines of level ERROR or FATAL, and first lines of JVM crashes, up to a cap. */
  readonly errors: readonly { readonly line: number; readonly text: string }[];
  readonly errorCount: number;
}

/** cleanup.json: what closing did, and what a census found afterwards. */
export interface CleanupRecord extends CleanupReport {
  readonly leftovers: readonly { readonly kind: string; readonly what: string }[];
}
