import { spawnSync } from 'node:child_process';
import { probeNamespaces, UNSHARE_FLAGS } from '../processes/namespaces.ts';

/** What a volume of a limited size can be made of here, and why of nothing better. */
export interface FileSystemProbe {
  /** ext4 can be filled and made to fail; tmpfs can be filled; null: there are none. */
  readonly kind: 'ext4' | 'tmpfs' | null;
  readonly seen: string;
}

// In namespaces of its own: whatever it mounts is gone when it ends.
const TRY_TMPFS = 'mount -t tmpfs -o size=2m tmpfs /tmp';
const TRY_EXT4 = `${TRY_TMPFS} && cd /tmp && mkdir at && truncate -s 1M image &&
mke2fs -q -t ext4 image && mount -t ext4 -o loop image at && mount -o remount,abort at &&
! { echo x > at/file; } 2>/dev/null`;

const UNSHARE = 'unshare';
let found: FileSystemProbe | undefined;

/** Tries what can be mounted here, once per process; takes some ten milliseconds. */
export function probeFileSystems(): FileSystemProbe {
  found ??= probe();
  return found;
}

function probe(): FileSystemProbe {
  const { mode, seen } = probeNamespaces();
  // Without capabilities in its namespace nobody may mount.
  if (mode === 'none' || mode === 'user') return { kind: null, seen: `cannot mount: ${seen}` };
  const attempt = (script: string): string | null => {
    const flags = UNSHARE_FLAGS[mode].filter((flag) => flag !== '--pid');
    const argv = [...flags, '--mount', '--', 'sh', '-c', script];
    const ran = spawnSync(UNSHARE, argv, { encoding: 'utf8', timeout: 5_000 });
    if (ran.error !== undefined) return ran.error.message;
    return ran.status === 0 ? null : ran.stderr.trim().split('\n').at(-1) || `exit ${ran.status}`;
  };
  const noExt4 = attempt(TRY_EXT4);
  if (noExt4 === null) return { kind: 'ext4', seen: 'ext4 on loop devices' };
  const noTmpfs = attempt(TRY_TMPFS);
  if (noTmpfs === null) return { kind: 'tmpfs', seen: `tmpfs only (ext4: ${noExt4})` };
  return { kind: null, seen: noTmpfs };
}
