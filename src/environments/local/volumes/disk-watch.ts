import { setTimeout as pause } from 'node:timers/promises';
import { HighwaterError } from '../../../core/errors.ts';
import { freeDisk } from '../../../core/free-disk.ts';
import { bytes, mebibytes, showBytes } from '../../../core/units.ts';
import type { RunContext } from '../../environment.ts';

/**
 * Watches the disk that the nodes' volumes are on for as long as a run lasts, and ends the run when
 * there is next to nothing left: a broker whose disk is full gives itself up (log.dirs, KIP-112),
 * and whatever the load sees from then on is this machine's doing and not the system's.
 */
const FREE_MIN = mebibytes(64);
const EVERY_MS = 250;

/** Aborts the run's scope when the disk of this folder is nearly full. */
export function watchDisk(folder: string, { scope }: Pick<RunContext, 'scope'>): void {
  scope.task(`watch of the disk of ${folder}`, async (signal) => {
    while (!signal.aborted) {
      const free = await freeDisk(folder);
      if (free < FREE_MIN) throw nearlyFull(folder, free);
      await pause(EVERY_MS, undefined, { signal, ref: false }).catch(() => {
        // The run is over.
      });
    }
  });
}

const nearlyFull = (folder: string, free: number): HighwaterError =>
  new HighwaterError(
    'DISK_FULL',
    `the disk of the nodes' volumes in ${folder} is full: ` +
      `${showBytes(bytes(free))} free, at least ${showBytes(FREE_MIN)} is needed`,
    {
      facts: { folder, free },
      hint: 'free some space, or set HIGHWATER_CACHE to a folder on a larger disk',
    },
  );
