import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../core/errno.ts';
import { HighwaterError } from '../core/errors.ts';
import { minutes } from '../core/time.ts';
import type { RunContext } from './environment.ts';

/** Makes the folder for a run's volumes and files; the run's scope deletes it, or lets it be. */
export function makeWorkFolder(
  { root, keep }: { readonly root: string; readonly keep: boolean },
  run: RunContext,
): string {
  const path = join(root, run.run);
  const lease = run.leases.intend('folder', { path });
  try {
    mkdirSync(root, { recursive: true });
    mkdirSync(path);
  } catch (cause) {
    lease.released();
    const taken = isErrno(cause, 'EEXIST');
    const why = taken ? 'it is there already' : String((cause as Error).message);
    throw new HighwaterError('ENV_NOT_READY', `work folder ${path}: ${why}`, {
      hint: taken
        ? 'a dead run of that name left it: highwater sweep'
        : 'set HIGHWATER_CACHE to a folder that can be written',
      cause,
    });
  }
  lease.acquired({ path });
  run.scope.onClose(
    `work folder ${path}`,
    async () => {
      if (keep) run.progress(`kept ${path}`);
      else await rm(path, { recursive: true, force: true, maxRetries: 3 });
      lease.released();
    },
    minutes(2),
  );
  return path;
}
