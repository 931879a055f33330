import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { realClock } from '../../core/clock.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import { foldersOf } from '../../leases/folders.ts';
import { shownPath } from '../../report/shown-path.ts';
import { listenToSignals } from '../signals.ts';
import type { UpFlags } from './flags.ts';
import { type LiveSystem, liveSystems } from './state.ts';
import { statusCommand } from './status.ts';

/** How often the state is looked at; starting takes seconds. */
const EVERY = ms(100);

/**
 * Starts the same command in the background, in a session of its own so that no terminal takes it
 * along, and returns when the system is ready. The process in the background holds the leases: when
 * it dies, the kernel ends the nodes.
 */
export async function upDetached(suite: string | undefined, flags: UpFlags): Promise<ExitCode> {
  const folder = resolve(flags.out, 'up');
  mkdirSync(folder, { recursive: true });
  const log = join(folder, `${flags.name}.log`);
  const child = spawnConductor(argsOf(suite, flags), log);
  const ended = new Promise<number | null>((done) => {
    child.once('exit', (code) => done(code));
    child.once('error', () => done(EXIT.notReady));
  });
  const signals = listenToSignals((line) => process.stderr.write(`${line}\n`), {
    interrupted: 'taking it down',
    terminated: 'taking it down',
  });
  // It is our child until it is ready, and nobody else has heard of it yet.
  signals.interrupt.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  try {
    const ready = await untilReady(child, ended);
    if (ready !== null) {
      child.unref();
      process.stdout.write(`${flags.name} is up\n\n`);
      return await statusCommand(ready.name);
    }
    const code = await ended;
    const said = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
    process.stderr.write(`${said}\nhighwater: it did not come up: see ${shownPath(log)}\n`);
    return signals.interrupt.aborted ? EXIT.interrupted : ((code ?? EXIT.notReady) as ExitCode);
  } finally {
    signals.stop();
  }
}

function argsOf(suite: string | undefined, flags: UpFlags): string[] {
  const main = process.argv[1] ?? '';
  const set = flags.set ?? [];
  return [
    ...process.execArgv,
    main,
    'up',
    ...(suite === undefined ? [] : [suite]),
    ...['--name', flags.name, '--env', flags.env, '--profile', flags.profile, '--out', flags.out],
    ...(flags.links === true ? ['--links'] : []),
    ...(flags.context === undefined ? [] : ['--context', flags.context]),
    ...(flags.namespace === undefined ? [] : ['--namespace', flags.namespace]),
    ...(set.length > 0 ? ['--set', ...set] : []),
  ];
}

function spawnConductor(args: readonly string[], log: string): ChildProcess {
  const file = openSync(log, 'w');
  try {
    return spawn(process.execPath, args, { detached: true, stdio: ['ignore', file, file] });
  } finally {
    closeSync(file);
  }
}

/** The system once it is ready; null when its conductor ended first. */
async function untilReady(
  child: ChildProcess,
  ended: Promise<unknown>,
): Promise<LiveSystem | null> {
  const clock = realClock();
  const folders = foldersOf(process.env);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (;;) {
    const own = liveSystems(folders).find(({ owner }) => owner.pid === child.pid);
    if (own !== undefined && own.state !== null) return own;
    if (over) return null;
    await clock.sleep(EVERY);
  }
}
