import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isErrno } from '../../../core/errno.ts';
import { HighwaterError } from '../../../core/errors.ts';
import type { Controls } from '../../node.ts';
import { noSuchFile, wipedUnder } from '../../volume-refusals.ts';
import { within } from '../node-places.ts';
import type { LimitedVolumes } from './limited-volumes.ts';

/** The files of a node's volumes: read at any time, wiped only while nobody writes to them. */
export const volumesControl = (
  node: string,
  volumes: Pick<LimitedVolumes, 'here' | 'controls'>,
  isUp: () => boolean,
): Controls['volumes'] => ({
  list: async (volume, folder = '.') => {
    const root = volumes.here(volume);
    const start = await settled(root, folder);
    return start === null ? [] : listBelow(root, start);
  },
  read: async (volume, path) => {
    const root = volumes.here(volume);
    const file = await settled(root, path);
    if (file === null) throw noSuchFile(node, volume, path);
    return readFile(file);
  },
  wipe: async (volume, folder) => {
    if (isUp()) throw wipedUnder(node);
    const root = volumes.here(volume);
    const target = await settled(root, folder ?? '.');
    if (target === null) return;
    if (relative(root, target) !== '') return rm(target, { recursive: true });
    for (const name of await readdir(target)) await rm(join(target, name), { recursive: true });
  },
  ...volumes.controls,
});

/**
 * The path that is meant, or null when nothing is there. Links are not followed: they may lead out
 * of the volume, and in a mount namespace they mean something else than out here.
 */
async function settled(root: string, path: string): Promise<string | null> {
  const wanted = within(root, path);
  let at = root;
  try {
    await lstat(root);
    for (const name of relative(root, wanted).split(sep).filter(Boolean)) {
      at = join(at, name);
      if ((await lstat(at)).isSymbolicLink()) throw linkRefused(relative(root, at));
    }
    return wanted;
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return null;
    throw thrown;
  }
}

const linkRefused = (path: string): HighwaterError =>
  new HighwaterError('TARGET_REFUSED', `"${path}" is a link, which is not followed`, {
    hint: 'name the file itself, in the volume that it is in',
  });

/** All files below a folder with their sizes; what vanishes while looking is left out. */
async function listBelow(root: string, start: string): Promise<{ path: string; bytes: number }[]> {
  const found: { path: string; bytes: number }[] = [];
  const todo = [start];
  for (let folder = todo.pop(); folder !== undefined; folder = todo.pop()) {
    for (const entry of await readdirOrNothing(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) todo.push(path);
      else {
        const stat = await lstat(path).catch(() => null); // systems rename files as they go.
        if (stat !== null) found.push({ path: relative(root, path), bytes: stat.size });
      }
    }
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function readdirOrNothing(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return [];
    throw thrown;
  }
}
