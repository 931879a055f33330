/**
 * Runs a command of the host to its end: argv in, what it wrote out. There is never a shell in
 * between, the wait always has a limit, and a command that outlives it is killed together with
 * what it started (it leads a process group of its own). Nodes under test are not started here:
 * they belong to their environment.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { HighwaterError, messageOf } from './errors.ts';
import { OutputTail } from './output-tail.ts';
import { ms, type Span, seconds } from './time.ts';
import { type Bytes, mebibytes, showSpan } from './units.ts';

/** How a command is run. */
export interface CommandOptions {
  /** Ends the command when it aborts; the call then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** The limit of the whole command. */
  readonly within: Span;
  readonly cwd?: string;
  /** Added to the environment of this process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string;
  /** How much of each stream is kept, first and last half; 1 MiB unless told. */
  readonly outputMax?: Bytes;
  /** Told of each line of both streams as it comes, for progress. */
  readonly onLine?: (line: string) => void;
}

/** How a command ended. */
export interface CommandResult {
  readonly argv: readonly string[];
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** More was written than was kept. */
  readonly truncated: boolean;
  readonly tookMs: number;
}

/** From SIGTERM to SIGKILL; Maven and the JDK's tools leave within a second. */
const GRACE = seconds(2);

/**
 * Runs a command and gives back how it ended, whatever its exit code. Throws when it could not be
 * started (ENV_NOT_READY) or took too long (WAIT_TIMEOUT); in each case nothing of it runs on.
 */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const [file, ...args] = argv;
  if (file === undefined) throw new HighwaterError('BUG', 'bug in highwater: an empty command');
  const started = performance.now();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: 'pipe',
    detached: true,
    shell: false,
  });
  const half = Math.ceil((options.outputMax ?? mebibytes(1)) / 2);
  const stdout = new OutputTail(half, options.onLine);
  const stderr = new OutputTail(half, options.onLine);
  child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  // A command that does not read its input closes the pipe early (EPIPE): its exit code tells all.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');

  const { code, endedBy } = await ended(child, argv, options);
  return {
    argv,
    code,
    endedBy,
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated || stderr.truncated,
    tookMs: Math.round(performance.now() - started),
  };
}

/** Like runCommand, and throws as well when the exit code is not 0, with what it said last. */
export async function runCommandOk(
  argv: readonly string[],
  options: CommandOptions & { readonly hint?: string },
): Promise<CommandResult> {
  const result = await runCommand(argv, options);
  if (result.code === 0) return result;
  const how = result.code === null ? `signal ${result.endedBy}` : `exit code ${result.code}`;
  const said = lastLine(result.stderr) ?? lastLine(result.stdout) ?? 'nothing';
  throw new HighwaterError('ENV_NOT_READY', `${showArgv(argv)}: ${how}: last said "${said}"`, {
    facts: { argv, code: result.code, endedBy: result.endedBy, stderr: result.stderr },
    ...(options.hint === undefined ? {} : { hint: options.hint }),
  });
}

/** A command in one line for messages: words with spaces quoted, cut after 120 characters. */
export function showArgv(argv: readonly string[]): string {
  const line = argv
    .map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word)))
    .join(' ');
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}

const lastLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');

type Ending = { code: number | null; endedBy: NodeJS.Signals | null };

/** Waits for the end of the child, or ends it; the first reason wins. */
function ended(
  child: ChildProcess,
  argv: readonly string[],
  options: CommandOptions,
): Promise<Ending> {
  return new Promise<Ending>((resolve, reject) => {
    let reason: Error | undefined;
    let grace: NodeJS.Timeout | undefined;
    const stop = (why: Error): void => {
      if (reason !== undefined) return;
      reason = why;
      killGroup(child, 'SIGTERM');
      grace = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE);
    };
    const onAbort = (): void => stop(options.signal.reason as Error);
    const limit = setTimeout(
      () => stop(tooLong(argv, options.within)),
      Math.max(ms(0), options.within),
    );
    const done = (): void => {
      clearTimeout(limit);
      clearTimeout(grace);
      options.signal.removeEventListener('abort', onAbort);
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
    child.once('error', (thrown) => {
      // Without a pid it never started; with one, 'close' still comes.
      if (child.pid !== undefined) return;
      done();
      reject(notStarted(argv, thrown));
    });
    child.once('exit', () => {
      // A grandchild may hold the pipes open for ever: what is left of the group goes too.
      if (reason !== undefined) killGroup(child, 'SIGKILL');
    });
    child.once('close', (code, endedBy) => {
      done();
      if (reason === undefined) resolve({ code, endedBy });
      else reject(reason);
    });
  });
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group is gone already, which is what was wanted.
  }
}

const tooLong = (argv: readonly string[], within: Span): HighwaterError =>
  new HighwaterError('WAIT_TIMEOUT', `${showArgv(argv)}: did not end within ${showSpan(within)}`);

function notStarted(argv: readonly string[], thrown: Error): HighwaterError {
  const missing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
  return new HighwaterError(
    'ENV_NOT_READY',
    `${showArgv(argv)}: could not be started: ${missing ? 'no such command' : messageOf(thrown)}`,
    { facts: { argv }, hint: `is "${argv[0]}" installed and on PATH?`, cause: thrown },
  );
}
