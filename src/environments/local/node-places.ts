import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { HighwaterError } from '../../core/errors.ts';

/** Where a node's things are. Volumes outlive the process, and end with the run. */
export interface NodePlaces {
  readonly home: string;
  readonly files: string;
  readonly tmp: string;
  readonly logFile: string;
  volume(name: string): string;
}

/** Names of folders beside the volumes, which no volume may have. */
const TAKEN_NAMES = ['files', 'tmp'];

/** Places of a node, below the run's work folder and its run directory. */
export const placesOf = (work: string, runDirectory: string, node: string): NodePlaces => ({
  home: join(work, node),
  files: join(work, node, 'files'),
  tmp: join(work, node, 'tmp'),
  logFile: join(runDirectory, 'logs', `${node}.log`),
  volume: (name) => {
    if (!/^[\w.-]+$/.test(name) || name.startsWith('.') || TAKEN_NAMES.includes(name)) {
      throw new HighwaterError('SCENARIO_INVALID', `"${name}" cannot be the name of a volume`, {
        hint: `letters, digits, "_", "-" and "."; not ${TAKEN_NAMES.join(' or ')}`,
      });
    }
    return join(work, node, name);
  },
});

/** The path that `relative` names inside `folder`; refuses what leads out of it. */
export function within(folder: string, relative: string): string {
  const path = resolve(folder, relative);
  if (path === resolve(folder) || path.startsWith(resolve(folder) + sep)) return path;
  throw new HighwaterError('TARGET_REFUSED', `"${relative}" leads out of ${folder}`, {
    hint: 'give a path relative to the volume, without ".."',
  });
}

/** Makes a node's folders. */
export async function makePlaces(places: NodePlaces, volumes: readonly string[]): Promise<void> {
  const folders = [places.files, places.tmp, dirname(places.logFile)];
  for (const folder of [...folders, ...volumes.map((name) => places.volume(name))]) {
    await mkdir(folder, { recursive: true });
  }
}

/** Writes a node's files; they may hold secrets, so they are for this user alone. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = within(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: 0o600 });
  }
}
