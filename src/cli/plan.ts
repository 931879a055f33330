import { EXIT, type ExitCode } from '../core/errors.ts';
import type { Profile } from '../record/plan.ts';
import { composition, environmentNamed } from '../registry.ts';
import { planOrThrow } from '../scenario/conduct.ts';
import { loadScenarios, suiteFiles } from './find-suites.ts';
import { newSeed } from './new-seed.ts';
import { overridesOf } from './overrides.ts';

interface PlanFlags {
  readonly env: string;
  readonly seed?: string;
  readonly profile: Profile;
  readonly grep?: string;
  readonly control?: boolean;
  readonly set?: readonly string[];
}

/** `highwater plan`: prints the plans as JSON, one scenario after the other, and starts nothing. */
export async function planCommand(named: readonly string[], flags: PlanFlags): Promise<ExitCode> {
  const seed = flags.seed ?? newSeed();
  const found = await loadScenarios(suiteFiles(named), flags.grep);
  await using environment = environmentNamed(flags.env, {});
  const plans = found.map(
    ({ scenario, suite }) =>
      planOrThrow(scenario, composition, {
        environment,
        seed,
        profile: flags.profile,
        control: flags.control === true,
        overrides: overridesOf(flags.set ?? []),
        suite,
      }).plan,
  );
  process.stdout.write(`${JSON.stringify(plans.length === 1 ? plans[0] : plans, null, 2)}\n`);
  return EXIT.holds;
}
