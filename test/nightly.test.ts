/**
 * The workflow that users copy: read as GitHub would read it, its commands held against the
 * repository, and those that are quick run.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { askedFor as benchFlags } from '../scripts/flags/bench.ts';
import { askedFor as suitesFlags } from '../scripts/flags/suites.ts';
import { askedFor as testFlags } from '../scripts/flags/test.ts';
import { askedFor as cleanupFlags } from '../scripts/flags/test-cleanup.ts';
import { highwaterProgram } from '../src/cli/program.ts';
import { EXIT } from '../src/core/errors.ts';
import { runCommand } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';
import { commandProblem, type Known } from './support/documents.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: { readonly include: readonly Record<string, string>[] } };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const nightly = parse(read('.github/workflows/nightly.yml')) as Workflow;
const scripts = JSON.parse(read('package.json')).scripts as Record<string, string>;
const known: Known = {
  scripts: new Set(Object.keys(scripts)),
  projects: new Set(),
  exists: (path) => read(path) !== '',
  program: () => highwaterProgram(() => {}),
  findSuites: () => [],
};

/** Every command of a job, once for each line of its matrix. */
function commandsOf({ strategy, steps }: Job): string[] {
  const lines = steps.flatMap(({ run }) => (run === undefined ? [] : run.trim().split('\n')));
  return (strategy?.matrix.include ?? [{}]).flatMap((row) =>
    lines.map((line) =>
      line.replace(/\$\{\{ matrix\.(\w+) \}\}/g, (_, key: string) => {
        const value = (row as Record<string, string>)[key];
        if (value === undefined) throw new Error(`the matrix has no "${key}"`);
        return value;
      }),
    ),
  );
}

/** What reads the flags of each script that has some. */
const FLAGS: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  suites: suitesFlags,
  bench: benchFlags,
  test: testFlags,
  'test:cleanup': cleanupFlags,
};

/** What is wrong with a command of the workflow; null when nothing is. */
function problemOf(command: string): string | null {
  if (/^cat \S+ >> "\$GITHUB_STEP_SUMMARY"$/.test(command)) return null;
  const problem = commandProblem(command, known);
  const [call = '', flags = ''] = command.split(' -- ');
  const script = call.replace(/^npm (run )?/, '');
  if (problem !== null || flags === '') return problem;
  try {
    FLAGS[script]?.(flags.split(' '));
    return script in FLAGS ? null : `${script} has no flags`;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

const all = Object.values(nightly.jobs);
const commands = all.flatMap(commandsOf);

describe('the nightly workflow', () => {
  it('runs at night and by hand, reads only, and every job has an end', () => {
    expect(Object.keys(nightly.on)).toEqual(['schedule', 'workflow_dispatch']);
    expect(nightly.permissions).toEqual({ contents: 'read' });
    for (const job of all) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it.each(commands)('has only commands that work: %s', (command) => {
    expect(problemOf(command)).toBe(null);
  });

  it('covers KRaft of both versions and ZooKeeper mode, kills 300 runs, and measures itself', () => {
    const text = commands.join('\n');
    expect(text).toContain('--times 3 --version 4.3.1');
    expect(text).toContain('--version 3.9.1 --mode kraft');
    expect(text).toContain('--version 3.9.1 --mode zookeeper');
    expect(text).toContain('npm run test:cleanup -- --kills 300');
    expect(text).toContain('npm run bench');
  });

  it('keeps what was found, whatever it was', () => {
    const kept = all.flatMap(({ steps }) => steps.filter(({ uses }) => /upload-/.test(uses ?? '')));
    expect(kept.map((step) => step.with?.['path'])).toEqual(['reports/', 'reports/bench.json']);
    for (const step of kept) expect(step.if).toBe('always()');
  });

  it('names a version of every action that it uses', () => {
    const used = all.flatMap(({ steps }) => steps.map(({ uses }) => uses));
    for (const each of used.filter((one) => one !== undefined)) {
      expect(each).toMatch(/^actions\/[\w-]+@v\d+$/);
    }
  });

  it('writes the summary of the job from what the suites leave', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'highwater-nightly-'));
    mkdirSync(join(folder, 'reports'));
    writeFileSync(join(folder, 'reports', 'suites.md'), '## suites\n');
    const summary = join(folder, 'summary.md');
    writeFileSync(summary, 'before\n');
    const step = nightly.jobs['suites']?.steps.find(({ name }) => name === 'summary');
    const { code } = await runCommand(['bash', '-e', '-c', step?.run ?? 'false'], {
      signal: new AbortController().signal,
      within: seconds(10),
      cwd: folder,
      env: { GITHUB_STEP_SUMMARY: summary },
    });
    expect(code).toBe(0);
    expect(readFileSync(summary, 'utf8')).toBe('before\n## suites\n');
    rmSync(folder, { recursive: true });
  });

  it('gives the suites flags with which they start: all but the runs themselves', async () => {
    const suites = commands.filter((command) => command.startsWith('npm run suites -- '));
    expect(suites.length).toBe(3);
    for (const command of suites) {
      const flags = command.replace('npm run suites -- ', '').split(' ');
      const argv = [process.execPath, 'scripts/suites.ts', ...flags, '--grep', 'none of them'];
      const ended = await runCommand(argv, {
        signal: new AbortController().signal,
        within: seconds(20),
        cwd: ROOT,
      });
      expect(ended.stderr).toContain('no scenario matches --grep "none of them"');
      expect(ended.code).toBe(EXIT.refused);
    }
  });
});

describe('a workflow that is wrong', () => {
  it.each([
    ['npm run suits', 'package.json has no script "suits"'],
    ['npm run suites -- --time 3', "unknown option '--time'"],
    ['npm run suites -- --mode raft', 'Allowed choices are kraft, zookeeper'],
    ['npm run test:cleanup -- --kill 300', "npm run test:cleanup: unknown option '--kill'"],
    ['npx highwater docter', "unknown command 'docter'"],
    ['curl example.test | sh', 'not a command'],
  ])('is found out: %s', (command, why) => {
    expect(problemOf(command)).toContain(why);
  });

  it('is found out by a word that its matrix does not have', () => {
    const job: Job = {
      strategy: { matrix: { include: [{ name: 'a' }] } },
      steps: [{ run: 'npm run suites -- ${{ matrix.flags }}' }],
    };
    expect(() => commandsOf(job)).toThrow('the matrix has no "flags"');
  });
});
