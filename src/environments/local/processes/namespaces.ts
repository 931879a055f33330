import { spawnSync } from 'node:child_process';

/**
 * How the kernel can be made to end every process of a run when the harness dies. A pid namespace
 * does it: when its first process goes, all in it are killed. Root may make one; others may inside
 * a user namespace, where the distribution allows those (Ubuntu 24.04 and containers often do not).
 * `user-caps` keeps capabilities inside, which lets us choose pids there; `none`: a watchdog is
 * used.
 */
export type NamespaceMode = 'root' | 'user-caps' | 'user' | 'none';

/** Arguments of `unshare` that make the namespaces of a mode. */
export const UNSHARE_FLAGS: Readonly<Record<Exclude<NamespaceMode, 'none'>, readonly string[]>> = {
  root: ['--pid'],
  'user-caps': ['--user', '--map-current-user', '--keep-caps', '--pid'],
  user: ['--user', '--map-current-user', '--pid'],
};

/** Arguments of `nsenter` that lead into namespaces of process `init`. */
export const enterFlags = (
  mode: Exclude<NamespaceMode, 'none'>,
  init: number,
  mounts: boolean,
): readonly string[] => [
  '-t',
  String(init),
  ...(mode === 'root' ? [] : ['-U', '--preserve-credentials']),
  ...(mounts ? ['-m'] : []),
  // Without a fork of its own: see ENTERED in anchor.ts.
  '-p',
  '--no-fork',
];

/** What was tried to find the mode, for `doctor`. */
export interface NamespaceProbe {
  readonly mode: NamespaceMode;
  /** Whether `setpriv` is there: the second net under a conductor that dies. */
  readonly setpriv: boolean;
  /** What `unshare` said where it failed. */
  readonly seen: string;
}

let found: NamespaceProbe | undefined;

/** Tries what is to be had here, once per process; takes some ten milliseconds. */
export function probeNamespaces(): NamespaceProbe {
  found ??= probe();
  return found;
}

function probe(): NamespaceProbe {
  if (process.platform !== 'linux') {
    return { mode: 'none', setpriv: false, seen: `${process.platform} has no pid namespaces` };
  }
  const setpriv = tryRun('setpriv', ['--pdeathsig', 'KILL', 'true']) === null;
  const complaints: string[] = [];
  for (const mode of ['root', 'user-caps', 'user'] as const) {
    const complaint = tryRun('unshare', [...UNSHARE_FLAGS[mode], '--fork', '--kill-child', 'true']);
    if (complaint === null) {
      const noEnter = tryRun('nsenter', ['--version']);
      if (noEnter === null)
        return { mode, setpriv, seen: `unshare ${UNSHARE_FLAGS[mode].join(' ')}` };
      complaints.push(noEnter);
    } else complaints.push(complaint);
  }
  return { mode: 'none', setpriv, seen: complaints.at(-1) ?? 'unshare failed' };
}

/** Null when the command ends with 0, else what it said. */
function tryRun(command: string, args: readonly string[]): string | null {
  const ran = spawnSync(command, args, { encoding: 'utf8', timeout: 5_000 });
  if (ran.error !== undefined) return ran.error.message;
  return ran.status === 0
    ? null
    : ran.stderr.trim().split('\n')[0] || `${command}: exit ${ran.status}`;
}
