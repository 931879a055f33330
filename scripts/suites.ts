/**
 * `npm run suites`: all suites, or those that are named, locally or in `--env`, one scenario after
 * the other and each in a process of its own, as people run them. A run is never repeated
 * because of how it ended; `--times 3` runs everything three times and counts all of it. The table
 * at the end goes to `suites.md` in the folder of the reports as well.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadScenarios, suiteFiles } from '../src/cli/find-suites.ts';
import { EXIT, type ExitCode } from '../src/core/errors.ts';
import { exitFor } from './flags/exit-for.ts';
import { type Asked, askedFor } from './flags/suites.ts';
import { commandOf } from './suites/command-of.ts';
import {
  exitOf,
  exitOfAll,
  markdownOf,
  type Ran,
  reasonOf,
  tableOf,
  wordOf,
} from './suites/table.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

let interrupted = false;
process.exitCode = await main().catch(exitFor);

async function main(): Promise<ExitCode> {
  const asked = askedFor(process.argv.slice(2));
  const found = await loadScenarios(suiteFiles(asked.suites), asked.grep);
  const runs: Ran[] = [];
  const onSignal = (): void => {
    interrupted = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  for (let turn = 1; turn <= asked.times; turn += 1) {
    for (const { suite, scenario } of found) {
      if (interrupted) break;
      console.log(`\n── ${turn} of ${asked.times}: ${suite}, ${scenario.name} ──`);
      const ran = await runOne({ suite, name: scenario.name, turn }, asked);
      runs.push(ran);
      // What is known is there, however the night ends.
      write(runs, asked);
      console.log(`── ${wordOf(ran.exit)}${ran.reason === '' ? '' : `: ${ran.reason}`} ──`);
    }
  }
  console.log(`\n── ${titleOf(asked)} ──\n${tableOf(runs)}`);
  return interrupted ? EXIT.interrupted : exitOfAll(runs, asked.refusedOk);
}

/** Runs one scenario in a process of its own and hears what it says on standard error. */
async function runOne(of: Pick<Ran, 'suite' | 'name' | 'turn'>, asked: Asked): Promise<Ran> {
  const before = latestIn(asked.out);
  const from = performance.now();
  const child = spawn(process.execPath, [MAIN, ...commandOf(asked, of)], {
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  const passOn = (signal: NodeJS.Signals): void => {
    // A terminal has told it already.
    if (signal === 'SIGTERM' || process.stdin.isTTY !== true) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    process.stderr.write(chunk);
    said = (said + chunk).slice(-20_000);
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', (ended) => resolve(ended));
    child.once('error', () => resolve(null));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, passOn);
  const latest = latestIn(asked.out);
  const exit = exitOf(code);
  return {
    ...of,
    exit,
    tookMs: performance.now() - from,
    reason:
      exit === EXIT.refused || exit === EXIT.notReady || exit === EXIT.bug ? reasonOf(said) : '',
    directory: latest === before ? null : latest,
  };
}

function latestIn(out: string): string | null {
  const latest = join(out, 'latest');
  return existsSync(latest) ? realpathSync(latest) : null;
}

function titleOf({ env, set, profile }: Asked): string {
  return ['suites', env, ...set, `${profile} profile`].join(', ');
}

/** Writes the table, and what every run that does not hold says, for people to read. */
function write(runs: readonly Ran[], asked: Asked): void {
  const { out } = asked;
  const summaries = runs
    .filter(({ exit, directory }) => exit !== EXIT.holds && directory !== null)
    .map(({ directory }) => join(directory ?? '', 'summary.md'))
    .filter((file) => existsSync(file))
    .map((file) => `\n${readFileSync(file, 'utf8')}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'suites.md'), markdownOf(runs, titleOf(asked)) + summaries.join(''));
}
