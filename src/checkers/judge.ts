import { type ErrorCode, EXIT, type ExitCode, HighwaterError, messageOf } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { mergeOutcomes, type Outcome } from '../core/outcome.ts';
import type { TroubleEvent } from '../record/events.ts';
import type { ClaimName } from '../record/names.ts';
import type { CheckRef, RunPlan } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Checker, Finding, Verdict } from './checker.ts';
import { fullDisk, listed } from './finding.ts';
import { hostStarved } from './host-starved.ts';
import type { RunResult } from './result.ts';
import { STANDING_CHECKERS } from './standing/standing.ts';

/**
 * Judges a record: every check of the plan, then the standing ones. Pure, and the same record gives
 * the same bytes. What a checker found is only ever made weaker here: a pass that looked at
 * nothing, or rests on a broken record or a run that was cut short, is inconclusive; so is a broken
 * claim about time on a starved host or one whose disk was full. A proven anomaly is never taken
 * back for anything else.
 */
export function judge(record: RunRecord, checkers: ReadonlyMap<ClaimName, Checker>): RunResult {
  const { plan, events } = record;
  const starved = hostStarved(record);
  const hostFailed = starved ?? fullDisk(record);
  const run = runFacts(record);
  const verdicts = checksOf(plan, checkers).map(({ ref, checker, standing }): Verdict => {
    const found = weaken(findingOf(record, ref, checker), { checker, run, hostFailed });
    return { claim: ref.claim, statement: statementOf(ref, checker), standing, ...found };
  });
  const outcome = mergeOutcomes(verdicts.map((verdict) => verdict.outcome));
  const begin = events.find((event) => event.kind === 'begin');
  return {
    version: 1,
    run: begin?.run ?? 'unknown',
    scenario: plan.scenario,
    environment: plan.environment,
    system: plan.system,
    profile: plan.profile,
    seed: plan.seed,
    control: plan.control,
    outcome,
    exit: exitOf(outcome, run),
    verdicts,
    troubles: run.reasons,
    hostStarved: starved,
  };
}

/** What will be judged of a run by this plan, in the order of its verdicts. Pure. */
export const claimsOf = (
  plan: RunPlan,
  checkers: ReadonlyMap<ClaimName, Checker>,
): readonly Pick<Verdict, 'claim' | 'statement' | 'standing'>[] =>
  checksOf(plan, checkers).map(({ ref, checker, standing }) => ({
    claim: ref.claim,
    statement: statementOf(ref, checker),
    standing,
  }));

/** What is known of the run as a whole. */
interface RunFacts {
  readonly loadBegan: boolean;
  readonly interrupted: boolean;
  readonly troubles: readonly TroubleEvent[];
  /** Why no pass can stand, in words: trouble, an interrupt, a record that is not whole. */
  readonly reasons: readonly string[];
}

function runFacts({ events, breaks }: RunRecord): RunFacts {
  const troubles = events.filter((event) => event.kind === 'trouble');
  const reason = events.findLast((event) => event.kind === 'end')?.reason;
  const interrupted = reason === 'interrupted';
  return {
    loadBegan: events.some(
      (event) => event.kind === 'phase' && (event.phase === 'warm-up' || event.phase === 'load'),
    ),
    interrupted,
    troubles,
    reasons: [
      ...troubles.map(
        ({ phase, message, hint }) =>
          `trouble in phase ${phase}: ${message}${hint === null ? '' : ` (hint: ${hint})`}`,
      ),
      ...(interrupted ? ['the run was interrupted'] : []),
      ...(reason === 'failed' && troubles.length === 0 ? ['the run failed'] : []),
      ...breaks.map((text) => `the record is not whole: ${text}`),
    ],
  };
}

interface Check {
  readonly ref: CheckRef;
  readonly checker: Checker | undefined;
  readonly standing: boolean;
}

/**
 * Domain checks in the order of the plan, then the standing ones; without faults, less those that
 * need one.
 */
function checksOf(plan: RunPlan, checkers: ReadonlyMap<ClaimName, Checker>): Check[] {
  const named = plan.checks
    .map((ref) => ({ ref, checker: checkers.get(ref.claim), standing: false }))
    .filter(({ checker }) => !(plan.control && checker?.needsFault));
  const faultless = plan.control || plan.timeline.length === 0;
  const standing = STANDING_CHECKERS.filter(
    ({ claim, needsFault, applies }) =>
      !(faultless && needsFault) &&
      applies?.(plan) !== false &&
      !plan.checks.some((ref) => ref.claim === claim),
  );
  return [
    ...named,
    ...standing.map((checker) => ({
      ref: { claim: checker.claim, params: {} },
      checker,
      standing: true,
    })),
  ];
}

function statementOf({ claim, params }: CheckRef, checker: Checker | undefined): string {
  try {
    return checker?.statement(params) ?? claim;
  } catch {
    // Bad parameters: the finding says what is wrong with them.
    return claim;
  }
}

function findingOf(record: RunRecord, ref: CheckRef, checker: Checker | undefined): Finding {
  if (checker === undefined) return cannotTell(`no checker knows the claim "${ref.claim}"`);
  try {
    return checker.check(record, ref.params as JsonObject);
  } catch (thrown) {
    return cannotTell(`the checker itself failed: ${messageOf(thrown)}`);
  }
}

const cannotTell = (because: string): Finding => ({
  outcome: 'inconclusive',
  because,
  measured: [],
  looked: { at: 0, what: 'nothing' },
  anomalies: [],
});

function weaken(
  found: Finding,
  by: {
    readonly checker: Checker | undefined;
    readonly run: RunFacts;
    /** Why nothing that took too long can be blamed on the system, in words. */
    readonly hostFailed: string | null;
  },
): Finding {
  const { run, hostFailed, checker } = by;
  const weaker = (because: string): Finding => ({ ...found, outcome: 'inconclusive', because });
  switch (found.outcome) {
    case 'fail':
      return checker?.aboutTime && hostFailed !== null
        ? weaker(`${hostFailed}; otherwise it would be broken: ${found.because}`)
        : found;
    case 'pass':
      if (found.looked.at === 0) return weaker(`nothing was looked at: 0 ${found.looked.what}`);
      return run.reasons.length > 0 ? weaker(listed(run.reasons)) : found;
    case 'inconclusive':
      return run.loadBegan || run.reasons.length === 0
        ? found
        : weaker(`the load never began: ${listed(run.reasons)}`);
  }
}

/**
 * Exit by architecture.md §2: 130, then 70, then 1; trouble before the load began is 3 (or 4), else
 * 2.
 */
function exitOf(outcome: Outcome, run: RunFacts): ExitCode {
  if (run.interrupted) return EXIT.interrupted;
  const exits = run.troubles.map(({ code }) => exitOfCode(code));
  if (exits.includes(EXIT.bug)) return EXIT.bug;
  if (outcome === 'fail') return EXIT.broken;
  if (outcome === 'pass') return EXIT.holds;
  if (run.loadBegan || run.troubles.length === 0) return EXIT.inconclusive;
  return exits.includes(EXIT.refused) ? EXIT.refused : EXIT.notReady;
}

/**
 * The exit of an error code as text; a code that this version does not know is the environment's.
 */
const exitOfCode = (code: string): ExitCode =>
  new HighwaterError(code as ErrorCode, '').exit ?? EXIT.notReady;
