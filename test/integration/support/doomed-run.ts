import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Folders, foldersOf } from '../../../src/leases/folders.ts';

/**
 * Whole runs of the command line on real brokers that are there to be killed. They have folders of
 * their own for everything that a run holds; only what a run cannot do without and does not hold,
 * the jars and the class-data archives, is shared with the user's cache.
 */
export interface DoomedPlace extends Disposable {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly folders: Folders;
  /** Harnesses that were started here; those that live still are killed before the folders go. */
  readonly children: Set<ChildProcess>;
}

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = join(CHECKOUT, 'src', 'cli', 'main.ts');
const SUITE = join(CHECKOUT, 'test', 'fixtures', 'doomed', 'short.suite.ts');
const MARK = 'HIGHWATER_TEST_MARK';

/** Makes the folders, beside the user's cache: what is made in one is moved into the other. */
export function makeDoomedPlace(): DoomedPlace {
  const { cache } = foldersOf(process.env);
  mkdirSync(dirname(cache), { recursive: true });
  const root = mkdtempSync(join(dirname(cache), 'highwater-doomed-'));
  const env = {
    ...process.env,
    HIGHWATER_CACHE: join(root, 'cache'),
    HIGHWATER_LOCKS: join(root, 'locks'),
  };
  const folders = foldersOf(env);
  for (const shared of ['distributions', 'archives', 'software', 'kind']) {
    mkdirSync(join(cache, shared), { recursive: true });
    mkdirSync(folders.cache, { recursive: true });
    symlinkSync(join(cache, shared), join(folders.cache, shared));
  }
  for (const own of [folders.work, folders.live, folders.locks]) mkdirSync(own);
  const children = new Set<ChildProcess>();
  return {
    root,
    env,
    folders,
    children,
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL');
      // Nodes of a harness that was killed just now may still write for a moment.
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** A run of the command line that was started. */
export interface DoomedRun {
  readonly child: ChildProcess;
  /** Its mark, which all its processes have in their environment. */
  readonly mark: { readonly name: string; readonly value: string };
  readonly startedAt: number;
  readonly ended: Promise<unknown>;
  /** What it said on both streams, so far. */
  said(): string;
  /** Where its run directory is, or will be. */
  readonly out: string;
  /** What its leases name, also what was given back: `block`, `socket`. */
  leased(name: string): readonly string[];
  /** The phase that it was in when it last told the record of one. */
  lastPhase(): string;
}

/** What a run is told besides its suite. */
export interface DoomedOptions {
  readonly name: string;
  /** Settings of the system: `kafka.mode=zookeeper`. */
  readonly set?: readonly string[];
  readonly out?: string;
  /** More flags of `run`. */
  readonly flags?: readonly string[];
  /** Where it runs: makes of its command line another one, that starts it there. */
  readonly inside?: (argv: readonly string[]) => readonly string[];
  /** By which path this process reaches what the run sees there. */
  readonly seen?: (path: string) => string;
}

/** The command line of a run, or of a plan of the same. */
export const doomedCommand = (command: 'run' | 'plan', set: readonly string[]): string[] => [
  process.execPath,
  MAIN,
  command,
  SUITE,
  ...set.flatMap((each) => ['--set', each]),
];

/** The command line that gives back what dead runs left. */
export const sweepArgv = (...flags: readonly string[]): string[] => [
  process.execPath,
  MAIN,
  'sweep',
  ...flags,
];

/** Starts a run. It does not hang on this process: what it says goes to a file. */
export function startDoomedRun(place: DoomedPlace, options: DoomedOptions): DoomedRun {
  const out = options.out ?? join(place.root, 'reports', options.name);
  const saidTo = join(place.root, `${options.name}.said`);
  const mark = { name: MARK, value: `${options.name}-${process.pid}` };
  const flags = ['--out', out, ...(options.flags ?? [])];
  const argv = [...doomedCommand('run', options.set ?? []), ...flags];
  const [file = '', ...args] = options.inside?.(argv) ?? argv;
  const said = openSync(saidTo, 'w');
  const env = { ...place.env, [mark.name]: mark.value, CI: '1' };
  const startedAt = performance.now();
  const child = spawn(file, args, { env, cwd: CHECKOUT, stdio: ['ignore', said, said] });
  closeSync(said);
  place.children.add(child);
  child.once('exit', () => place.children.delete(child));
  const ended = once(child, 'exit');
  const seenOut = options.seen?.(out) ?? out;
  return {
    child,
    mark,
    startedAt,
    ended,
    out,
    said: () => readFileSync(saidTo, 'utf8'),
    leased: (name) =>
      linesOf(seenOut, 'leases.ndjson').flatMap(({ what }) => {
        const value = (what as Record<string, unknown> | undefined)?.[name];
        return typeof value === 'string' ? [value] : [];
      }),
    lastPhase: () => {
      const phases = linesOf(seenOut, 'history.ndjson').filter(({ kind }) => kind === 'phase');
      const last = phases.at(-1);
      if (last === undefined) return 'before any phase';
      return last['state'] === 'end' && last['phase'] === 'evidence'
        ? 'close'
        : String(last['phase']);
    },
  };
}

/** Lines of a file of the run directory, as far as they can be read. */
function linesOf(out: string, name: string): readonly Record<string, unknown>[] {
  return globSync(`*/${name}`, { cwd: out }).flatMap((path) =>
    readFileSync(join(out, path), 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as Record<string, unknown>];
        } catch {
          return []; // Empty, or cut short by the kill.
        }
      }),
  );
}
