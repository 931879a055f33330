import { diskFault } from './disk.ts';

/**
 * disk-failed: from one moment on every write to the volume fails with an I/O error, as when a
 * disk or its controller dies, while what was read before may still be cached. The heal mends it,
 * which can only be done when the node is gone, and starts the node again. What it writes between
 * the last flush and the failure may be lost, as with a real disk.
 */
export const diskFailed = diskFault({
  name: 'disk-failed',
  needs: ['volume.fail'],
  harm: async (volumes, volume) => {
    await volumes.fail?.(volume);
    return 'writes fail from now on';
  },
  // A volume does not tell; that the node gives up does.
  lacks: async (volumes) => (volumes.fail === undefined ? 'its volume cannot fail here' : null),
  undo: async (volumes, volume) => volumes.mend?.(volume),
});
