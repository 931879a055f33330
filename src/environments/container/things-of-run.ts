import type { Leftover } from '../environment.ts';
import { type Engine, REMOVED, saysStatus } from './engine.ts';
import { ofRun } from './layout.ts';

/** Something of a run in an engine, and how it is taken away. */
interface Thing extends Leftover {
  readonly kind: 'container' | 'volume' | 'network';
  readonly remove: () => Promise<unknown>;
}

/** Everything that the engine has of a run, by its label: asked anew, not taken from memory. */
export async function thingsOfRun({ docker }: Engine, run: string): Promise<readonly Thing[]> {
  const filters = ofRun(run);
  const [containers, volumes, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
  ]);
  return [
    ...containers.map(({ Id, Names }) => ({
      kind: 'container' as const,
      what: (Names[0] ?? Id).replace(/^\//, ''),
      remove: () => docker.getContainer(Id).remove(REMOVED),
    })),
    ...(volumes.Volumes ?? []).map(({ Name }) => ({
      kind: 'volume' as const,
      what: Name,
      remove: () => docker.getVolume(Name).remove(),
    })),
    ...networks.map(({ Id, Name }) => ({
      kind: 'network' as const,
      what: Name,
      remove: () => docker.getNetwork(Id).remove(),
    })),
  ];
}

/** Takes away everything of a run: containers first, which hold the rest. Gives how many. */
export async function removeRun(engine: Engine, run: string): Promise<number> {
  const things = await thingsOfRun(engine, run);
  const containers = things.filter(({ kind }) => kind === 'container');
  const rest = things.filter(({ kind }) => kind !== 'container');
  for (const group of [containers, rest]) {
    const removed = await Promise.allSettled(group.map(({ remove }) => unlessGone(remove())));
    const failed = removed.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason as Error;
  }
  return things.length;
}

/** Somebody else may remove it at the same time: a reaper, or another sweep. */
async function unlessGone(removing: Promise<unknown>): Promise<void> {
  try {
    await removing;
  } catch (thrown) {
    const isUnderWay = saysStatus(thrown, 409) && /already in progress/.test(String(thrown));
    if (!saysStatus(thrown, 404) && !isUnderWay) throw thrown;
  }
}
