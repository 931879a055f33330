import { bytes, showBytes } from '../../core/units.ts';
import { diskFault } from './disk.ts';

/**
 * disk-full: not one byte is left of the volume that the node's logs lie in. Writes fail with
 * ENOSPC, and a broker takes its log directory for failed. The heal takes the filler away and
 * starts the node again: Kafka does not go back to a log directory by itself.
 */
export const diskFull = diskFault({
  name: 'disk-full',
  needs: ['volume.limit'],
  harm: async (volumes, volume) => {
    const before = (await volumes.free?.(volume)) ?? null;
    await volumes.fill?.(volume);
    return `filled up, ${before === null ? 'unknown' : showBytes(bytes(before))} had been free`;
  },
  lacks: async (volumes, volume) => {
    const free = (await volumes.free?.(volume)) ?? null;
    if (free === null) return 'its volume has no limit';
    return free < BLOCK ? null : `${showBytes(bytes(free))} of its volume are free`;
  },
  undo: async (volumes, volume) => volumes.drain?.(volume),
});

/** Space is given out in blocks of this size. */
const BLOCK = 4_096;
