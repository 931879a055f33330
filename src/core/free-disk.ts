import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './errno.ts';

/** Free bytes of the disk that a folder is on, or will be on when it is made. */
export async function freeDisk(folder: string): Promise<number> {
  try {
    const stat = await statfs(folder);
    return stat.bavail * stat.bsize;
  } catch (thrown) {
    if (!isErrno(thrown, 'ENOENT') || dirname(folder) === folder) throw thrown;
    return freeDisk(dirname(folder));
  }
}

/** Whether a thrown value is the system's word for a disk, or a share of it, that is full. */
export const isDiskFull = (thrown: unknown): boolean => isErrno(thrown, 'ENOSPC', 'EDQUOT');
