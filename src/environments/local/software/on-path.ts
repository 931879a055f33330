import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The absolute path of a command, looked for as a shell would; null when it is not there. */
export function onPath(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, command);
    if (isExecutable(path)) return path;
  }
  return null;
}

/** Tells whether a file is there and may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
