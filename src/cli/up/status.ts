import { join } from 'node:path';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { wallClock } from '../../core/wall-clock.ts';
import { foldersOf } from '../../leases/folders.ts';
import { shownPath } from '../../report/shown-path.ts';
import type { StandingNode } from '../../scenario/standing/standing.ts';
import { askConductor } from './control.ts';
import { showSystem, showSystems } from './show.ts';
import { type LiveSystem, liveSystems } from './state.ts';

/** `highwater status`: what is up, where it is reached, and how its nodes are right now. */
export async function statusCommand(name: string | undefined): Promise<ExitCode> {
  const all = liveSystems(foldersOf(process.env));
  const meant = name === undefined ? all : all.filter((system) => system.name === name);
  if (meant.length === 0) {
    process.stdout.write(name === undefined ? 'nothing is up\n' : `"${name}" is not up\n`);
    return name === undefined ? EXIT.holds : EXIT.notReady;
  }
  process.stdout.write(showSystems(meant, wallClock()));
  for (const system of meant) {
    const { state, liveness } = system;
    if (liveness === 'dead') {
      const what = 'its nodes are gone; highwater sweep gives back the rest';
      process.stdout.write(`\n${system.name}: its conductor died: ${what}\n`);
    } else if (state !== null) {
      const logs = shownPath(join(state.directory, 'logs'));
      process.stdout.write(`\n${showSystem(state, await nodesOf(system), logs)}`);
    }
  }
  return EXIT.holds;
}

async function nodesOf({ socket }: LiveSystem): Promise<readonly StandingNode[]> {
  const { signal } = new AbortController();
  const told = await askConductor(socket, { do: 'status' }, { tell: () => {}, signal });
  return told['nodes'] as unknown as readonly StandingNode[];
}
