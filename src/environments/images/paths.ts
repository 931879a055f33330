import { posix } from 'node:path';
import { HighwaterError } from '../../core/errors.ts';

/** Where a node's files are, in its container. */
export const FILES = '/highwater/files';

/** Where a node's volume is, in its container. */
export const volumePath = (volume: string): string => `/highwater/volumes/${volume}`;

/** The path that `relative` names in a folder; refuses what leads out of it. */
export function inside(folder: string, relative: string): string {
  const path = posix.resolve(folder, relative);
  if (path === folder || path.startsWith(`${folder}/`)) return path;
  throw new HighwaterError('TARGET_REFUSED', `"${relative}" leads out of ${folder}`, {
    hint: 'give a path relative to the volume, without ".."',
  });
}
