import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Free bytes of the disk that a folder is on, or will be on when it is made. */
export async function freeDisk(folder: string): Promise<number> {
  try {
    const stat = await statfs(folder);
    return stat.bavail * stat.bsize;
  } catch (thrown) {
    const missing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
    if (!missing || dirname(folder) === folder) throw thrown;
    return freeDisk(dirname(folder));
  }
}

/** Whether a thrown value is the system's word for a disk, or a share of it, that is full. */
export const isDiskFull = (thrown: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((thrown as NodeJS.ErrnoException | null)?.code ?? '');
