import { type ChildProcess, spawn } from 'node:child_process';
import { isMainThread } from 'node:worker_threads';
import { HighwaterError, invariant, messageOf } from '../../../core/errors.ts';
import type { LeaseBook } from '../../../leases/lease-book.ts';
import {
  identityJson,
  identityOf,
  livenessOf,
  type ProcessIdentity,
} from '../../../leases/process-identity.ts';
import { childrenOf } from './children.ts';
import {
  enterFlags,
  type NamespaceMode,
  type NamespaceProbe,
  UNSHARE_FLAGS,
} from './namespaces.ts';

/**
 * Nodes run at a lower priority than the harness: on a machine that both share, the instrument has
 * to be on time or nothing that it measures is worth much.
 */
const POLITELY = ['nice', '-n', '5'];

/**
 * The process that a run's other processes live and die with.
 *
 *   conductor ── setpriv --pdeathsig KILL ─► unshare --pid --fork --kill-child ─► first process
 * └─ nsenter -t <first process> -p ─► sh ─► JVM (child of the shell, in the namespace)
 *
 * Three things end the namespace, each enough by itself: the conductor's death kills unshare, whose
 * death kills the first process; and the first process reads a pipe that only the conductor holds,
 * so it sees its end even when the conductor dies before setpriv has run. The kernel then kills all
 * in the namespace, whatever they daemonised. The first process has to reap orphans: it is `cat`
 * with SIGCHLD ignored, since a shell's `read` returns when an orphan dies, and would end the run.
 */
export interface Anchor {
  readonly mode: Exclude<NamespaceMode, 'none'>;
  /** The process outside of the namespace that keeps it. */
  readonly who: ProcessIdentity;
  /** The root of the run's own mount namespace as seen from here; null when it has none. */
  readonly root: string | null;
  /** Command line that starts `argv` in the namespaces, in that folder. */
  enter(argv: readonly string[], cwd: string): readonly string[];
  /**
   * Runs a short command as the anchor, with its capabilities, where the run's mounts are: whoever
   * enters a user namespace later has none. Null when it ended with 0, else what it said last.
   */
  run(argv: readonly string[]): Promise<string | null>;
  /**
   * Asks that the next process started in the namespace gets the given pid there, or the next free
   * one.
   */
  choosePid(pid: number): Promise<boolean>;
  /** Resolves when the anchor is gone, and with it every process of the namespace. */
  readonly ended: Promise<void>;
  /** Kills all of it and waits until it is gone. */
  end(): Promise<void>;
}

// The subshell answers on stdout to lines on fd 3; the rest becomes the idle first process.
const FIRST_PROCESS = `
(while read -r what rest; do
   if [ "$what" = run ]; then
     said=$(eval "$rest" 2>&1 </dev/null 3<&-)
     echo "$? $(echo "$said" | tail -n 1)"
   elif { echo "$what" > /proc/sys/kernel/ns_last_pid; } 2>/dev/null; then echo yes; else echo no; fi
 done) <&3 &
exec 3<&-
echo ready
exec >/dev/null
if env --ignore-signal=CHLD true 2>/dev/null; then exec env --ignore-signal=CHLD cat; fi
exec cat`;

// nsenter would stop itself when its child is stopped (SIGSTOP), and would then neither reap the
// child nor end with it, outside of the namespace where nothing else ends it. A shell without job
// control waits for the end alone, and passes on how it came as nsenter does.
const ENTERED = `
cd "$1" || exit 126
shift
exec 5>&2 2>/dev/null
(exec "$@" 2>&5 5>&-)
code=$?
# A JVM ends by itself on SIGHUP, SIGINT and SIGTERM, with 129, 130 and 143.
case $code in 129|130|143) exit $code;; esac
[ $code -gt 128 ] && kill -$((code - 128)) $$
exit $code`;

/**
 * Starts the anchor; must be called on the main thread, because the kernel's signal follows the
 * thread. With `mounts` the run has a mount namespace of its own.
 */
export async function startAnchor(
  probe: NamespaceProbe,
  leases: LeaseBook,
  mounts = false,
): Promise<Anchor> {
  const mode = probe.mode;
  if (mode === 'none')
    throw new HighwaterError('BUG', 'bug in highwater: no namespaces to anchor in');
  refuseWorkerThread();
  const flags = [...UNSHARE_FLAGS[mode], ...(mounts ? ['--mount'] : [])];
  const unshare = ['unshare', ...flags, '--fork', '--kill-child', '--'];
  const guard = probe.setpriv ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
  const [command, ...args] = [...guard, ...unshare, 'sh', '-c', FIRST_PROCESS];
  const lease = leases.intend('process', { label: 'anchor' });
  // Its own session: a Ctrl-C on the terminal is for the conductor alone.
  const child = spawn(command ?? 'unshare', args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const talk = new Talk(child);
  try {
    await talk.line();
    const [init] = childrenOf(child.pid ?? 0);
    if (init === undefined) throw new Error('its first process is not to be seen in /proc');
    const who = identityOf(child.pid ?? 0);
    const first = identityOf(init);
    if (who === null || first === null) throw new Error('it ended at once');
    lease.acquired(identityJson(who));
    return {
      mode,
      who,
      ...waysIn(mode, init, mounts),
      ...orders(talk),
      ended: talk.ended,
      end: async () => {
        // The first process, not unshare: the kernel lets it go only after all others are gone.
        if (livenessOf(first) === 'alive') process.kill(init, 'SIGKILL');
        child.stdin?.destroy();
        await talk.ended;
        lease.released();
      },
    };
  } catch (cause) {
    child.kill('SIGKILL');
    await talk.ended;
    lease.released();
    throw new HighwaterError(
      'ENV_NOT_READY',
      `anchor of the run did not start: ${messageOf(cause)}`,
      {
        hint: 'run: highwater doctor',
        cause,
      },
    );
  }
}

/** How to get something started in the namespaces of the first process. */
const waysIn = (
  mode: Anchor['mode'],
  init: number,
  mounts: boolean,
): Pick<Anchor, 'root' | 'enter'> => ({
  root: mounts ? `/proc/${init}/root` : null,
  enter: (argv, cwd) => {
    const into = enterFlags(mode, init, mounts);
    const shell = ['sh', '-c', ENTERED, 'highwater-entered', cwd];
    return [...POLITELY, 'nsenter', ...into, '--', ...shell, ...argv];
  },
});

/** What the anchor does when it is told to. */
const orders = (talk: Talk): Pick<Anchor, 'run' | 'choosePid'> => ({
  run: async (argv) => {
    talk.say(`run ${argv.map(quoted).join(' ')}\n`);
    const answer = await talk.line();
    return answer.startsWith('0 ') ? null : answer;
  },
  choosePid: async (pid) => {
    talk.say(`${pid - 1}\n`);
    return (await talk.line()) === 'yes';
  },
});

/** One word for a shell; a line end would end the line. */
const quoted = (word: string): string => {
  invariant(!word.includes('\n'), 'a word of a command holds a line end');
  return `'${word.replaceAll("'", `'\\''`)}'`;
};

/** A process started by a worker thread gets the parent-death signal when that thread ends. */
export function refuseWorkerThread(): void {
  if (isMainThread) return;
  throw new HighwaterError('ENV_NOT_READY', 'the local environment was used from a worker thread', {
    hint: "run it on the main thread; with vitest set pool: 'forks'",
  });
}

/** Lines from the anchor's standard output, in order; fails when it ends first. */
class Talk {
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #rest = '';
  #trouble = '';
  #over: Error | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#hear(chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#trouble = (this.#trouble + chunk).slice(-500);
    });
    // Writing to a dead anchor is told by its end, not by the pipe.
    for (const pipe of child.stdio) pipe?.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const over = (why: string): void => {
        this.#over ??= new Error(this.#trouble.trim() || why);
        for (const one of this.#waiting.splice(0)) one.reject(this.#over);
        resolve();
      };
      child.once('error', (error) => over(error.message));
      child.once('close', (code, signal) => over(`it ended with ${signal ?? code}`));
    });
  }

  say(text: string): void {
    (this.#child.stdio[3] as NodeJS.WritableStream).write(text);
  }

  line(): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#over === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#over);
    });
  }

  #hear(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#waiting.shift()?.resolve(line);
  }
}
