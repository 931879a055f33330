import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import { HighwaterError } from '../../../core/errors.ts';
import { after, minutes, ms } from '../../../core/time.ts';
import { showSpan } from '../../../core/units.ts';
import { type LockFile, readLock, takeLock } from '../../../leases/lock-file.ts';
import { ownIdentity } from '../../../leases/process-identity.ts';

/** For whom a turn is taken, and who is told of waiting. */
export interface TurnOptions {
  readonly locks: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (doing: string) => void;
}

/** More than one process needs to make a cluster. */
const LIMIT = minutes(10);

/**
 * Waits for the right to look at a cluster and to make it: of processes that want one at the same
 * time the first makes it, and the others find it made. Whoever gets it releases it.
 */
export async function takeTurn(name: string, options: TurnOptions): Promise<LockFile> {
  const { locks, clock, signal, progress } = options;
  const path = join(locks, `kind-${name}.lock`);
  const holder = { run: `of kind cluster ${name}`, owner: ownIdentity(), leases: '' };
  const deadline = after(clock.now(), LIMIT);
  for (let told = false; ; told = true) {
    signal.throwIfAborted();
    const lock = takeLock(path, holder);
    if (lock !== null) return lock;
    const other = readLock(path);
    const who =
      other === null || other === 'unreadable' ? 'another process' : `process ${other.owner.pid}`;
    if (!told) progress(`${who} is at kind cluster ${name}; waiting for it`);
    if (clock.now() >= deadline) {
      const text = `kind cluster ${name}: ${who} did not let go of it within ${showSpan(LIMIT)}`;
      throw new HighwaterError('WAIT_TIMEOUT', text, { hint: `its lock: ${path}` });
    }
    await clock.sleep(ms(250), signal);
  }
}
