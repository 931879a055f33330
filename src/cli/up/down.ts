import { realClock } from '../../core/clock.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { minutes, ms } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import { foldersOf } from '../../leases/folders.ts';
import { livenessOf } from '../../leases/process-identity.ts';
import { sweepDead } from '../../registry.ts';
import { askConductor } from './control.ts';
import { chooseSystem, type LiveSystem, liveSystems } from './state.ts';

/**
 * `highwater down`: takes a system down and waits until all of it is given back. What died is
 * swept. That nothing is up is no failure: it is how it should be.
 */
export async function downCommand(name: string | undefined): Promise<ExitCode> {
  const systems = liveSystems(foldersOf(process.env));
  const system = chooseSystem(systems, name);
  if (system === null) return sweepInstead(systems, name);
  const problems = await takeDown(system);
  for (const problem of problems) process.stderr.write(`highwater: ${problem}\n`);
  process.stdout.write(`${system.name} is down\n`);
  return problems.length === 0 ? EXIT.holds : EXIT.inconclusive;
}

async function sweepInstead(
  systems: readonly LiveSystem[],
  name: string | undefined,
): Promise<ExitCode> {
  const dead = systems.filter(
    (system) => system.liveness === 'dead' && (name === undefined || system.name === name),
  );
  if (dead.length > 0) for (const line of await sweepDead({ dryRun: false })) tell(line);
  tell(name === undefined ? 'nothing is up' : `"${name}" is not up`);
  return EXIT.holds;
}

const tell = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function takeDown(system: LiveSystem): Promise<readonly string[]> {
  const { signal } = new AbortController();
  const { owner, socket, state } = system;
  if (state !== null) {
    const told = await askConductor(socket, { do: 'down' }, { tell, signal });
    await untilGone(system);
    return told['problems'] as readonly string[];
  }
  // It does not listen yet: it hears a signal, and it is that very process.
  if (livenessOf(owner) === 'alive') process.kill(owner.pid, 'SIGTERM');
  await untilGone(system);
  return [];
}

/** Its conductor is told apart from others by its start time, and ends last of all. */
async function untilGone({ owner, name }: LiveSystem): Promise<void> {
  await waitFor(
    {
      what: `conductor of ${name} (pid ${owner.pid}) gone`,
      look: async () => livenessOf(owner),
      show: String,
    },
    {
      clock: realClock(),
      signal: new AbortController().signal,
      within: minutes(2),
      every: ms(20),
      until: (liveness) => liveness !== 'alive',
    },
  );
}
