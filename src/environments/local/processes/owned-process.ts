import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { LeaseBook } from '../../../leases/lease-book.ts';
import {
  identityJson,
  identityOf,
  livenessOf,
  type ProcessIdentity,
  procStat,
} from '../../../leases/process-identity.ts';
import type { Anchor } from './anchor.ts';
import { childrenOf, innerPidOf } from './children.ts';

/** How a process ended: its exit code, or the signal that killed it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/** "exit code 1" or "signal SIGKILL". */
export const showEnded = (ended: Ended): string =>
  ended.signal === null ? `exit code ${ended.code}` : `signal ${ended.signal}`;

/** A process that ends with the run, whatever happens to the harness. */
export interface OwnedProcess {
  /** The process itself, by its pid on the host; not that of a helper around it. */
  readonly who: ProcessIdentity;
  /** No other JVM of the machine has its attach address, which is made of its inner pid. */
  readonly attachable: boolean;
  /** Resolves when it ended. */
  readonly ended: Promise<Ended>;
}

/** What to start, and where its output goes. */
export interface OwnedCommand {
  /** For leases and messages: "broker-1". */
  readonly label: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and error are appended to it, without passing through this process. */
  readonly logFile: string;
  /** Give it an inner pid that no other run uses; see thread-dump.ts. */
  readonly ownPid: boolean;
}

/** Inner pids that belong to a run. */
export interface PidWindow {
  readonly from: number;
  readonly size: number;
}

/** Starts processes for a run; see `anchor.ts` for how they are kept from outliving it. */
export interface Launcher {
  readonly anchor: Anchor | null;
  start(command: OwnedCommand): Promise<OwnedProcess | Passed>;
}

/** A process that had ended before it could be looked at. */
export interface Passed {
  readonly who: null;
  readonly ended: Promise<Ended>;
}

// Where there are no namespaces: a shell that holds the pipe from the conductor. A guard kills the
// process when the pipe ends; only then is its pid told on fd 3, since a shell that writes to a
// conductor that died dies of SIGPIPE. At last it passes on how the process ended.
const WATCHDOG = `
exec 4<&0 5>&2 0</dev/null 2>/dev/null
"$@" 2>&5 3>&- 4<&- 5>&- & target=$!
(exec 3>&- 5>&-; cat <&4; kill -9 "$target") >/dev/null & guard=$!
exec 4<&- 5>&-
echo "$target" >&3
exec 3>&-
wait "$target"; code=$?
kill -9 "$guard"
# A JVM ends by itself on SIGHUP, SIGINT and SIGTERM, with 129, 130 and 143.
case $code in 129|130|143) exit $code;; esac
[ $code -gt 128 ] && kill -$((code - 128)) $$
exit $code`;

/** Makes the launcher of a run; without an anchor a watchdog stands beside each process. */
export const launcherOf = (anchor: Anchor | null, leases: LeaseBook, window: PidWindow): Launcher =>
  new RunLauncher(anchor, leases, window);

const OWN_PID_TRIES = 4;

class RunLauncher implements Launcher {
  readonly anchor: Anchor | null;
  readonly #leases: LeaseBook;
  readonly #window: PidWindow;
  /** Choosing a pid and starting a process must not mix with another start. */
  #turn: Promise<unknown> = Promise.resolve();
  #chosen = 0;

  constructor(anchor: Anchor | null, leases: LeaseBook, window: PidWindow) {
    this.anchor = anchor;
    this.#leases = leases;
    this.#window = window;
  }

  async start(command: OwnedCommand): Promise<OwnedProcess | Passed> {
    const lease = this.#leases.intend('process', { label: command.label });
    const { pid, ended } = await this.#spawn(command);
    let socket: string | null = null;
    void ended.then(() => {
      // A JVM that was killed leaves the socket at which jcmd met it.
      if (socket !== null) rmSync(socket, { force: true });
      lease.released();
    });
    const who = pid === null ? null : identityOf(pid);
    if (who === null) return { who, ended };
    const innerPid = innerPidOf(who.pid);
    const attachable = this.#isOwn(innerPid);
    socket = attachable && innerPid !== null ? attachSocketOf(innerPid) : null;
    lease.acquired({ ...identityJson(who), innerPid, socket });
    return { who, ended, attachable };
  }

  #spawn(command: OwnedCommand): Promise<Spawned> {
    const { anchor } = this;
    if (anchor === null) return watched(command);
    if (!command.ownPid) return entered(command, anchor);
    const next = this.#turn.then(() => this.#enteredAtOwnPid(command, anchor));
    this.#turn = next.catch(() => {}); // Whoever waits for this start is told.
    return next;
  }

  /**
   * Between choosing a pid and starting the process a thread of another JVM may take it. Then the
   * process is ended before its JVM has begun to run anything, and started again.
   */
  async #enteredAtOwnPid(command: OwnedCommand, anchor: Anchor): Promise<Spawned> {
    for (let tries = 1; ; tries += 1) {
      const chosen = await anchor.choosePid(this.#nextPid());
      const spawned = await entered(command, anchor);
      if (spawned.pid === null || !chosen || tries === OWN_PID_TRIES) return spawned;
      const inner = innerPidOf(spawned.pid);
      const who = identityOf(spawned.pid);
      // Null: it has ended by itself already, which its caller will see.
      if (inner === null || who === null || this.#isOwn(inner)) return spawned;
      signalTo(who, 'SIGKILL');
      await spawned.ended;
    }
  }

  /** Downwards, because the threads of a JVM take the numbers above its own. */
  #nextPid(): number {
    const { from, size } = this.#window;
    // The upper half is for those that miss theirs by a few.
    const half = Math.floor(size / 2);
    for (let tries = 0; tries < half; tries += 1) {
      const pid = from + half - 1 - (this.#chosen % half);
      this.#chosen += 1;
      // A JVM outside of any namespace may have this number as its pid.
      if (procStat(pid) === null) return pid;
    }
    return from;
  }

  #isOwn(inner: number | null): boolean {
    if (this.anchor === null) return true;
    const { from, size } = this.#window;
    return inner !== null && inner >= from && inner < from + size;
  }
}

interface Spawned {
  readonly pid: number | null;
  readonly ended: Promise<Ended>;
}

async function entered(command: OwnedCommand, anchor: Anchor): Promise<Spawned> {
  const child = spawnEntered(command, anchor);
  const ended = endOf(child);
  return { pid: await enteredPid(child, ended), ended };
}

async function watched(command: OwnedCommand): Promise<Spawned> {
  const child = spawnWatched(command);
  const ended = endOf(child);
  return { pid: await toldPid(child, ended), ended };
}

function spawnEntered(command: OwnedCommand, anchor: Anchor): ChildProcess {
  const log = openSync(command.logFile, 'a');
  try {
    const [file = '', ...args] = anchor.enter(command.argv, command.cwd);
    const options = { cwd: command.cwd, env: command.env, detached: true };
    return spawn(file, args, { ...options, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

function spawnWatched(command: OwnedCommand): ChildProcess {
  const log = openSync(command.logFile, 'a');
  try {
    const options = { cwd: command.cwd, env: command.env, detached: true };
    const args = ['-c', WATCHDOG, 'highwater-watchdog', ...command.argv];
    return spawn('/bin/sh', args, { ...options, stdio: ['pipe', log, log, 'pipe'] });
  } finally {
    closeSync(log);
  }
}

/** How the child ended. Helpers around the process end in the same way as it did. */
function endOf(child: ChildProcess): Promise<Ended> {
  child.stdin?.on('error', () => {}); // The watchdog closes its end when the process is gone.
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
}

/** The shell's one child is the process; it is there within milliseconds, or it has ended. */
async function enteredPid(child: ChildProcess, ended: Promise<Ended>): Promise<number | null> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (;;) {
    const [pid] = childrenOf(child.pid ?? -1);
    if (pid !== undefined) return pid;
    if (over) return null;
    await pause(1);
  }
}

async function toldPid(child: ChildProcess, ended: Promise<Ended>): Promise<number | null> {
  const pipe = child.stdio[3] as NodeJS.ReadableStream;
  const told = new Promise<number | null>((resolve) => {
    let text = '';
    pipe.on('data', (chunk: Buffer) => {
      text += String(chunk);
      if (text.includes('\n')) resolve(Number.parseInt(text, 10) || null);
    });
    pipe.on('end', () => resolve(Number.parseInt(text, 10) || null));
    pipe.on('error', () => resolve(null));
  });
  return Promise.race([told, ended.then(() => null)]);
}

/** Where jcmd meets a JVM: a fixed place, whatever java.io.tmpdir says. */
const attachSocketOf = (innerPid: number): string => `/tmp/.java_pid${innerPid}`;

/** How a short process ended; when the signal aborts it is killed, and the reason thrown. */
export async function endOfShort(
  running: OwnedProcess | Passed,
  signal: AbortSignal,
): Promise<Ended> {
  const onAbort = (): void => {
    if (running.who !== null) signalTo(running.who, 'SIGKILL');
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const ended = await running.ended;
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
  return ended;
}

/** Sends a signal to that very life of the process; nothing happens when it is over. */
export function signalTo(who: ProcessIdentity, signal: NodeJS.Signals): void {
  if (livenessOf(who) !== 'alive') return;
  try {
    process.kill(who.pid, signal);
  } catch (thrown) {
    // It ended between the look and the signal.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
