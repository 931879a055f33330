import type { ExitCode } from '../core/errors.ts';
import type { Outcome } from '../core/outcome.ts';
import type { RunId } from '../record/names.ts';
import type { RunPlan } from '../record/plan.ts';
import type { Verdict } from './checker.ts';

/**
 * What is written to verdict.json and shown by every reporter. The same record gives the same
 * bytes.
 */
export interface RunResult {
  readonly version: 1;
  readonly run: RunId;
  readonly scenario: RunPlan['scenario'];
  readonly environment: string;
  readonly system: RunPlan['system'];
  readonly profile: string;
  readonly seed: string;
  readonly control: boolean;
  readonly outcome: Outcome;
  readonly exit: ExitCode;
  /** Domain claims first, then the standing ones. */
  readonly verdicts: readonly Verdict[];
  /** Trouble of the run itself, in words: why it was cut short, what the environment did. */
  readonly troubles: readonly string[];
  /** Set when the host was too busy for claims about time. */
  readonly hostStarved: string | null;
}
