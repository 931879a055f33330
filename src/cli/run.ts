import { relative } from 'node:path';
import { EXIT, type ExitCode, isHighwaterError } from '../core/errors.ts';
import type { Progress } from '../core/progress.ts';
import type { Profile } from '../record/plan.ts';
import { composition, environmentNamed, sweepDead } from '../registry.ts';
import { consoleSummary } from '../report/console.ts';
import { progressFor } from '../report/progress.ts';
import { writeReports } from '../report/write-reports.ts';
import { type ConductOptions, conduct } from '../scenario/conduct.ts';
import { type Found, loadScenarios, suiteFiles } from './find-suites.ts';
import { newSeed } from './new-seed.ts';
import { overridesOf } from './overrides.ts';
import { showError } from './show-error.ts';
import { listenToSignals } from './signals.ts';
import { worstOf } from './worst-of.ts';

/** Flags of `highwater run` as commander gives them. */
export interface RunFlags {
  readonly env: string;
  readonly seed?: string;
  readonly profile: Profile;
  readonly grep?: string;
  readonly control?: boolean;
  readonly set?: readonly string[];
  readonly keep?: boolean;
  readonly context?: string;
  readonly namespace?: string;
  readonly out: string;
}

/**
 * `highwater run`: every scenario one after the other, a report each, the worst exit code of all.
 */
export async function runCommand(named: readonly string[], flags: RunFlags): Promise<ExitCode> {
  const seed = flags.seed ?? newSeed();
  const found = await loadScenarios(suiteFiles(named), flags.grep);
  const { stdout } = process;
  const progress = progressFor(process.stderr);
  const signals = listenToSignals((line) => progress.note(line));
  const exits: ExitCode[] = [];
  try {
    for (const line of await sweepDead({ dryRun: false })) progress.note(line);
    for (const each of found) {
      if (signals.interrupt.aborted) break;
      stdout.write(
        `\n${each.scenario.name}\n  ${each.suite}, environment ${flags.env}, profile ${flags.profile}, seed ${seed}\n`,
      );
      exits.push(await runOne(each, flags, { seed, progress, ...signals }));
    }
  } finally {
    signals.stop();
    progress.end();
  }
  return signals.interrupt.aborted ? EXIT.interrupted : worstOf(exits);
}

type Shared = Pick<ConductOptions, 'seed' | 'signal' | 'interrupt'> & {
  progress: Progress & { end(): void };
};

async function runOne(
  { scenario, suite }: Found,
  flags: RunFlags,
  shared: Shared,
): Promise<ExitCode> {
  const { stdout, stderr } = process;
  await using environment = environmentNamed(flags.env, flags);
  try {
    const { directory, record, result } = await conduct(scenario, composition, {
      environment,
      seed: shared.seed,
      profile: flags.profile,
      control: flags.control === true,
      overrides: overridesOf(flags.set ?? []),
      suite,
      out: flags.out,
      progress: shared.progress,
      signal: shared.signal,
      interrupt: shared.interrupt,
    });
    const written = writeReports(directory, record, result);
    shared.progress.end();
    stdout.write(
      consoleSummary(record, result, {
        directory: relative(process.cwd(), directory),
        stream: stdout,
      }),
    );
    for (const trouble of written.troubles) stderr.write(`highwater: ${trouble}\n`);
    return result.exit;
  } catch (thrown) {
    // A scenario that cannot be planned or recorded must not keep the next one from running.
    if (!isHighwaterError(thrown)) throw thrown;
    shared.progress.end();
    stderr.write(showError(thrown));
    return thrown.exit;
  }
}
