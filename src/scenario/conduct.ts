import type { RunResult } from '../checkers/result.ts';
import { HighwaterError, isHighwaterError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Progress } from '../core/progress.ts';
import { wallClock } from '../core/wall-clock.ts';
import type { Environment } from '../environments/environment.ts';
import { createRunDirectory } from '../record/disk/run-directory.ts';
import { makeRunId } from '../record/disk/run-id.ts';
import type { Profile } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Composition } from './composition.ts';
import { judgeRun } from './judge-run.ts';
import { type Planned, plan } from './plan/plan.ts';
import { preflight } from './preflight.ts';
import { run } from './run/run.ts';
import type { Scenario } from './suite/scenario.ts';

/** How one scenario is conducted. */
export interface ConductOptions {
  readonly environment: Environment;
  readonly seed: string;
  readonly profile: Profile;
  readonly control: boolean;
  /** By system: keys of its topology that replace what the suite says. */
  readonly overrides?: Readonly<Record<string, JsonObject>>;
  /** Suite file, relative, for the record. */
  readonly suite: string;
  /** Where run directories are made. */
  readonly out: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly interrupt: AbortSignal;
  readonly throttle?: number;
  /** Told as soon as the run directory is there. */
  readonly onDirectory?: (path: string) => void;
}

/** A run that was conducted to its end, whatever it found. */
export interface Conducted {
  readonly directory: string;
  readonly record: RunRecord;
  readonly result: RunResult;
}

/**
 * Plans a scenario, or throws an error that lists every problem at once; nothing was started then.
 */
export function planOrThrow(
  scenario: Scenario,
  composition: Composition,
  options: Pick<
    ConductOptions,
    'environment' | 'seed' | 'profile' | 'control' | 'overrides' | 'suite'
  >,
): Planned {
  const { environment, seed, profile, control, overrides, suite } = options;
  const planned = plan(scenario, composition.catalog, {
    environment: environment.name,
    offers: environment.offers,
    seed,
    profile,
    control,
    ...(overrides === undefined ? {} : { overrides }),
    suite,
  });
  if (!('problems' in planned)) return planned;
  throw new HighwaterError(
    'SCENARIO_INVALID',
    `scenario "${scenario.name}" cannot be planned: ${planned.problems.join('; ')}`,
    {
      facts: { problems: [...planned.problems] },
      hint: `nothing was started; mend ${suite} or choose another --env or --profile`,
    },
  );
}

/**
 * Plans, runs, reads the record back from disk, and judges it, exactly as `analyze` would. The
 * reports, verdict.json among them, are for the caller to write.
 */
export async function conduct(
  scenario: Scenario,
  composition: Composition,
  options: ConductOptions,
): Promise<Conducted> {
  const planned = planOrThrow(scenario, composition, options);
  // Before there is a run directory: what cannot start leaves nothing to be judged.
  const until = AbortSignal.any([options.signal, options.interrupt]);
  await preflight(options.environment, { needs: planned.needs, out: options.out }, until);
  const directory = createRunDirectory(
    options.out,
    makeRunId(scenario.name, options.seed, wallClock()),
    planned.plan,
  );
  options.onDirectory?.(directory.path);
  const { progress, signal, interrupt, throttle } = options;
  const running = run({
    planned,
    parts: composition.parts(planned, options.environment),
    directory,
    openLeases: (file, run) => composition.openLeases(file, run),
    progress,
    signal,
    interrupt,
    ...(throttle === undefined ? {} : { throttle }),
  });
  await running.catch((thrown: unknown) => {
    if (!isHighwaterError(thrown, 'DISK_FULL')) throw thrown;
    // What was written up to then is judged, as `analyze` would: it may hold a proof.
    progress.note(`the record ends too early: ${thrown.message}`);
  });
  return { directory: directory.path, ...judgeRun(directory.path, composition) };
}
