import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ExitCode, HighwaterError } from '../../core/errors.ts';
import { wallClock } from '../../core/wall-clock.ts';
import { foldersOf } from '../../leases/folders.ts';
import type { LinkClass } from '../../record/plan.ts';
import { composition, environmentNamed, sweepDead } from '../../registry.ts';
import { progressFor } from '../../report/progress.ts';
import { shownPath } from '../../report/shown-path.ts';
import { planOrThrow } from '../../scenario/conduct.ts';
import { preflight } from '../../scenario/preflight.ts';
import { openStanding, type Standing } from '../../scenario/standing/standing.ts';
import { type Found, loadScenarios, suiteFiles } from '../find-suites.ts';
import { newSeed } from '../new-seed.ts';
import { overridesOf } from '../overrides.ts';
import { listenToSignals } from '../signals.ts';
import { Conductor } from './conductor.ts';
import { upDetached } from './detach.ts';
import type { UpFlags } from './flags.ts';
import { PLAIN_KAFKA } from './plain-kafka.ts';
import { showSystem } from './show.ts';
import { liveSystems, refuseLongPath, UP_NAME, type UpState, upRun, writeState } from './state.ts';

/**
 * `highwater up`: starts the system of a suite, or a plain one, and stays until it is taken down.
 * The nodes live and die with this process; detached it is a process of its own in the background.
 */
export async function upCommand(suite: string | undefined, flags: UpFlags): Promise<ExitCode> {
  refuseName(flags.name);
  if (flags.detach === true) return upDetached(suite, flags);
  const found = await scenarioOf(suite);
  const progress = progressFor(process.stderr);
  const signals = listenToSignals((line) => progress.note(line), {
    interrupted: 'taking it down (Ctrl-C again leaves at once)',
    terminated: 'taking it down',
  });
  await using environment = environmentNamed(flags.env, flags);
  const run = upRun(flags.name, wallClock());
  const folders = foldersOf(process.env);
  let standing: Standing | undefined;
  try {
    if (environment.offers.clock === 'virtual') throw notThere(flags.env);
    refuseLongPath(folders, run);
    for (const line of await sweepDead({ dryRun: false })) progress.note(line);
    const planned = planOrThrow(found.scenario, composition, {
      environment,
      seed: newSeed(),
      profile: flags.profile,
      // The steps of a suite are its own; who puts its system up does harm by hand.
      control: true,
      overrides: overridesOf(flags.set ?? []),
      suite: found.suite,
    });
    const links: readonly LinkClass[] = flags.links === true ? ['peer', 'load'] : [];
    const capabilities = links.length > 0 ? (['link.cut'] as const) : [];
    const needs = { ...planned.needs, capabilities };
    await preflight(environment, { needs, out: flags.out }, signals.interrupt);
    const directory = resolve(flags.out, 'up', run);
    mkdirSync(join(directory, 'logs'), { recursive: true });
    const { openLeases } = composition;
    const parts = composition.parts(planned, environment);
    const signal = signals.interrupt;
    const start = { planned, parts, openLeases, progress, signal, run, directory, links };
    standing = await openStanding(start);
    const state = stateOf(standing, flags, found);
    const conductor = await Conductor.open(standing, { folders, run });
    writeState(folders, state);
    progress.end();
    const nodes = await standing.look(standing.context.signal);
    const logs = shownPath(join(directory, 'logs'));
    process.stdout.write(`${flags.name} is up\n\n${showSystem(state, nodes, logs)}`);
    process.stdout.write('\nCtrl-C takes it down, and so does: highwater down\n');
    return await conductor.untilDown(progress);
  } finally {
    await standing?.close();
    progress.end();
    signals.stop();
  }
}

/** Throws when the name is none, or is taken by a system that lives. */
function refuseName(name: string): void {
  if (!UP_NAME.test(name)) {
    throw new HighwaterError('USAGE', `--name "${name}": expected a short word`, {
      hint: 'a letter, then letters, digits and dashes, 20 at most',
    });
  }
  const taken = liveSystems(foldersOf(process.env)).find(
    (system) => system.name === name && system.liveness === 'alive',
  );
  if (taken === undefined) return;
  throw new HighwaterError('ENV_NOT_READY', `"${name}" is up already, as ${taken.run}`, {
    hint: `highwater down ${name} takes it down; --name gives another`,
  });
}

const notThere = (environment: string): HighwaterError =>
  new HighwaterError(
    'PLAN_IMPOSSIBLE',
    `environment "${environment}" is simulated: nobody could connect to what is up there`,
    { hint: 'choose --env local' },
  );

async function scenarioOf(suite: string | undefined): Promise<Found> {
  if (suite === undefined) return { scenario: PLAIN_KAFKA, suite: '' };
  const [first] = await loadScenarios(suiteFiles([suite]), undefined);
  if (first === undefined) throw new HighwaterError('BUG', 'bug in highwater: a suite of nothing');
  return first;
}

const stateOf = (standing: Standing, flags: UpFlags, found: Found): UpState => ({
  version: 1,
  name: flags.name,
  run: standing.input.run,
  since: wallClock().toISOString(),
  environment: flags.env,
  profile: flags.profile,
  suite: found.suite,
  directory: standing.input.directory,
  ...standing.card,
});
