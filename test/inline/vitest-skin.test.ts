import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../../src/core/clock.ts';
import { ms, seconds } from '../../src/core/time.ts';
import { waitFor } from '../../src/core/wait-for.ts';

/*
 * The skin as people use it: vitest itself, in a process of its own, over suites of a fixture.
 */
const FIXTURE = fileURLToPath(new URL('../fixtures/vitest-skin', import.meta.url));
const VITEST = resolve(FIXTURE, '../../../node_modules/vitest/vitest.mjs');
const LONG = 60_000;

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  /** Test name → how it ended; names have the scenario's before them. */
  readonly tests: Readonly<Record<string, string>>;
  readonly messages: string;
}

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-skin-'));
});
afterEach(() => {
  if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const held = (): string => join(folder, 'held');

function start(...args: readonly string[]): { ended: Promise<Outcome>; signal(): void } {
  const results = join(folder, 'results.json');
  const inherited = Object.entries(process.env).filter(([name]) => !/^VITEST|_COLOR$/u.test(name));
  const started = spawn(
    process.execPath,
    [VITEST, 'run', '--reporter=default', '--reporter=json', `--outputFile=${results}`, ...args],
    {
      cwd: FIXTURE,
      env: {
        ...Object.fromEntries(inherited),
        NO_COLOR: '1',
        HIGHWATER_OUT: join(folder, 'reports'),
        HIGHWATER_HELD: held(),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(started, 'close').then(([code]): Outcome => {
    const all = existsSync(results) ? assertionsOf(results) : [];
    return {
      code: code as number | null,
      output,
      tests: Object.fromEntries(all.map(({ fullName, status }) => [fullName, status])),
      messages: all.flatMap(({ failureMessages }) => failureMessages).join('\n'),
    };
  });
  return { ended, signal: () => started.kill('SIGINT') };
}

interface Assertion {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

const assertionsOf = (file: string): readonly Assertion[] =>
  (
    JSON.parse(readFileSync(file, 'utf8')) as {
      testResults: { assertionResults: Assertion[] }[];
    }
  ).testResults.flatMap(({ assertionResults }) => assertionResults);

/** Processes that the fixture's runs held and that are still there. */
const left = (): readonly string[] =>
  existsSync(held())
    ? readFileSync(held(), 'utf8')
        .trim()
        .split('\n')
        .filter((pid) => existsSync(`/proc/${pid}`))
    : [];

const threeOf = (scenario: string, status: string): Record<string, string> =>
  Object.fromEntries(
    ['one', 'two', 'three'].map((claim) => [`${scenario} ${claim}: it is kept`, status]),
  );

describe('the vitest skin', () => {
  it(
    'makes one test of each promise, and only a kept one passes',
    async () => {
      const { code, tests, messages } = await start('judged').ended;
      expect(code).toBe(1);
      expect(tests).toMatchInlineSnapshot(`
        {
          "a plan that is refused the scenario can be planned here": "failed",
          "a promise that cannot be judged failover-within: writes to partitions whose leader was lost resume within 15 s": "failed",
          "a promise that cannot be judged load-was-real: the load ran as planned, also while faults lasted": "passed",
          "a promise that cannot be judged logs-clean: no log bears a fatal signature": "passed",
          "a promise that cannot be judged nodes-stayed-up: no node ended by itself": "passed",
          "a promise that cannot be judged nothing-left-behind: the run left nothing behind": "passed",
          "a promise that is kept load-was-real: the load ran as planned, also while faults lasted": "passed",
          "a promise that is kept logs-clean: no log bears a fatal signature": "passed",
          "a promise that is kept no-loss: no acknowledged record is lost": "passed",
          "a promise that is kept nodes-stayed-up: no node ended by itself": "passed",
          "a promise that is kept nothing-left-behind: the run left nothing behind": "passed",
          "a promise that nobody could keep failover-within: writes to partitions whose leader was lost resume within 1 ms": "failed",
          "a promise that nobody could keep faults-bit-and-healed: every planned fault bit, lasted as planned, and was healed": "passed",
          "a promise that nobody could keep load-was-real: the load ran as planned, also while faults lasted": "passed",
          "a promise that nobody could keep logs-clean: no log bears a fatal signature": "passed",
          "a promise that nobody could keep no-loss: no acknowledged record is lost": "passed",
          "a promise that nobody could keep nodes-stayed-up: no node ended by itself": "passed",
          "a promise that nobody could keep nothing-left-behind: the run left nothing behind": "passed",
        }
      `);
      expect(messages).toContain('BROKEN: failover-within: writes to partitions');
      expect(messages).toContain('INCONCLUSIVE: failover-within: writes to partitions');
      expect(messages).toContain('no partition lost its leader to a fault');
      expect(messages).toContain('expected one of the scenario\'s topics ("orders")');
      expect(messages).toMatch(/report: .*\/report\.html/u);
    },
    LONG,
  );

  it(
    'shows no test as skipped when the run throws, outlives its time or is stuck',
    async () => {
      const { code, tests, messages } = await start('throws', 'outlives', 'stuck').ended;
      expect(code).toBe(1);
      expect(tests).toEqual({
        ...threeOf('a run that throws', 'failed'),
        ...threeOf('a run that outlives its time', 'failed'),
        ...threeOf('a run that does not even end when it is aborted', 'failed'),
      });
      expect(messages).toContain('nobody expected this');
      expect(messages).toContain('the run was not over after 300 ms, the sum of its budgets');
      expect(messages).toContain('it had not cleaned up 3 s later');
      expect(left()).toEqual([]);
    },
    LONG,
  );

  it(
    'ends the run at Ctrl-C, cleans up, starts no other, and shows no test as skipped',
    async () => {
      const run = start('interrupted');
      await waitFor(
        { what: 'a run holds a process', look: async () => existsSync(held()), show: String },
        {
          clock: realClock(),
          signal: new AbortController().signal,
          within: seconds(40),
          every: ms(50),
          until: (there) => there,
        },
      );
      run.signal();
      const { code, tests, messages, output } = await run.ended;
      expect(code).toBe(130);
      expect(tests).toEqual({
        ...threeOf('a run that is interrupted', 'failed'),
        ...threeOf('a run that would have come after it', 'failed'),
      });
      expect(messages).toContain('interrupted by Ctrl-C');
      expect(messages).toContain('not run: interrupted');
      expect(output).toContain('Ctrl-C again leaves at once');
      expect(readFileSync(held(), 'utf8').trim().split('\n')).toHaveLength(1);
      expect(left()).toEqual([]);
    },
    LONG,
  );

  it(
    'refuses settings under which no verdict could be trusted, all at once, and runs nothing',
    async () => {
      const { code, tests, output } = await start(
        ...['judged', '--retry=2', '--pool=threads', '--bail=1', '--sequence.concurrent'],
        ...['--fileParallelism', '--maxWorkers=2'],
      ).ended;
      expect(code).toBe(1);
      expect(tests).toEqual({});
      for (const setting of ['pool', 'fileParallelism', 'retry', 'bail', 'sequence.concurrent']) {
        expect(output).toContain(`- ${setting}: expected`);
      }
    },
    LONG,
  );
});
