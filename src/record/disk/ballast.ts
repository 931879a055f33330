import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mebibytes } from '../../core/units.ts';

/**
 * A file without meaning that holds space in the run directory while the run lasts. When the disk
 * is full it is thrown out, and what is left to be told, why the run ended and what was cleaned up,
 * still finds room: a record that names its end can be judged. Best effort, because whoever filled
 * the disk may take that space first.
 */
export interface Ballast {
  /** Gives the space back; idempotent. */
  drop(): void;
}

/** Enough for the last events, cleanup.json and the reports. */
const SIZE = mebibytes(2);

/** Takes the space; its bytes are random, because some disks would make nothing of zeros. */
export function takeBallast(folder: string): Ballast {
  const path = join(folder, '.ballast');
  writeFileSync(path, randomBytes(SIZE));
  return { drop: () => rmSync(path, { force: true }) };
}
