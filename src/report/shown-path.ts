import { relative, resolve } from 'node:path';

/** A path as a person types it here: relative when it lies below the working directory. */
export function shownPath(path: string, cwd: string = process.cwd()): string {
  const absolute = resolve(cwd, path);
  const near = relative(cwd, absolute);
  return near === '' ? '.' : near.startsWith('..') ? absolute : near;
}

/** A path as a shell takes it. */
export const quoted = (path: string): string =>
  /^[\w./@:+-]+$/u.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
