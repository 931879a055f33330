import type { Verdict } from '../checkers/checker.ts';
import type { RunResult } from '../checkers/result.ts';

/**
 * verdict.json as text. The same result gives the same bytes: keys have a fixed order, whatever the
 * order in which they were put together, and nothing of the moment of writing is in it.
 */
export function verdictJson(result: RunResult): string {
  const { version, run, scenario, environment, system, profile, seed, control } = result;
  const { outcome, exit, verdicts, troubles, hostStarved } = result;
  const ordered: RunResult = {
    version,
    run,
    outcome,
    exit,
    scenario: { name: scenario.name, claim: scenario.claim, suite: scenario.suite },
    environment,
    system: { kind: system.kind, spec: system.spec },
    profile,
    seed,
    control,
    verdicts: verdicts.map(orderedVerdict),
    troubles,
    hostStarved,
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

const orderedVerdict = (verdict: Verdict): Verdict => ({
  claim: verdict.claim,
  statement: verdict.statement,
  standing: verdict.standing,
  outcome: verdict.outcome,
  because: verdict.because,
  looked: { at: verdict.looked.at, what: verdict.looked.what },
  measured: verdict.measured.map(({ name, value, unit, bound }) => ({
    name,
    value,
    unit,
    ...(bound === undefined ? {} : { bound }),
  })),
  anomalies: verdict.anomalies.map(({ code, where, text }) => ({ code, where, text })),
});
