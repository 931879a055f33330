import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { askedFor } from '../scripts/flags/suites.ts';
import { commandOf } from '../scripts/suites/command-of.ts';
import {
  exitOf,
  exitOfAll,
  markdownOf,
  type Ran,
  reasonOf,
  tableOf,
} from '../scripts/suites/table.ts';
import { highwaterProgram } from '../src/cli/program.ts';
import { EXIT } from '../src/core/errors.ts';
import { runCommand } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';

const ran = (exit: Ran['exit'], more: Partial<Ran> = {}): Ran => ({
  suite: 'suites/a/b.suite.ts',
  name: 'it goes down',
  turn: 1,
  exit,
  tookMs: 61_000,
  reason: '',
  directory: null,
  ...more,
});

describe('npm run suites', () => {
  it('takes versions and modes as what run sets', () => {
    expect(askedFor(['--times', '3', '--version', '3.9.1', '--mode', 'zookeeper', 'lag'])).toEqual({
      suites: ['lag'],
      times: 3,
      env: 'local',
      profile: 'fast',
      out: 'reports',
      grep: undefined,
      refusedOk: false,
      set: ['kafka.version=3.9.1', 'kafka.mode=zookeeper'],
    });
  });

  it.each([
    [['--times', '0'], "argument '0' is invalid. Expected a whole number from 1"],
    [['--version', '3.9'], "argument '3.9' is invalid. Expected three numbers"],
    [['--mode', 'raft'], 'Allowed choices are kraft, zookeeper'],
    [['--env', 'cloud'], 'Allowed choices are local, container, kubernetes, memory'],
    [['--profile', 'slow'], 'Allowed choices are fast, production'],
    [['--retry'], "npm run suites: unknown option '--retry'"],
  ])('refuses %j', (args, why) => {
    expect(() => askedFor(args)).toThrow(why);
  });

  it('runs exactly one scenario at a time, by a command that the command line takes', () => {
    const name = 'two of three brokers (a majority) down: 1 + 1';
    const argv = commandOf(askedFor(['--mode', 'kraft']), { suite: 'suites/x.suite.ts', name });
    const program = highwaterProgram(() => {});
    const run = program.commands.find((command) => command.name() === 'run');
    run?.action(() => {});
    expect(() => program.parse([...argv], { from: 'user' })).not.toThrow();
    expect(run?.opts()).toMatchObject({ set: ['kafka.mode=kraft'], profile: 'fast' });
    const grep = new RegExp(String(run?.opts()['grep']), 'i');
    expect([grep.test(name), grep.test(`${name}, again`)]).toEqual([true, false]);
  });

  it('runs them, and has written down what is known after each', async () => {
    const out = mkdtempSync(join(tmpdir(), 'highwater-suites-'));
    try {
      const script = fileURLToPath(new URL('../scripts/suites.ts', import.meta.url));
      const asked = ['failover/leader-down', 'failover/disk-full', '--env', 'memory', '--out', out];
      const { code, stdout } = await runCommand([process.execPath, script, ...asked], {
        signal: new AbortController().signal,
        within: seconds(60),
      });
      // A disk cannot be filled in memory.
      expect({ code, said: stdout.slice(-400) }).toMatchObject({ code: EXIT.refused });
      expect(stdout).toMatch(/1 holds, 1 refused/);
      const written = readFileSync(join(out, 'suites.md'), 'utf8');
      expect(written).toContain('suites, memory, fast profile');
      expect(written).toContain('1 holds, 1 refused');
    } finally {
      rmSync(out, { recursive: true });
    }
  }, 90_000);

  it('ends with the worst of all runs, however often the others held', () => {
    expect(exitOfAll([ran(EXIT.holds), ran(EXIT.holds)], false)).toBe(EXIT.holds);
    expect(exitOfAll([ran(EXIT.holds), ran(EXIT.broken), ran(EXIT.refused)], true)).toBe(1);
    expect(exitOfAll([ran(EXIT.holds), ran(EXIT.inconclusive)], true)).toBe(2);
    expect(exitOfAll([ran(EXIT.holds), ran(EXIT.refused)], false)).toBe(EXIT.refused);
    expect(exitOfAll([ran(EXIT.holds), ran(EXIT.refused)], true)).toBe(EXIT.holds);
  });

  it('shows nothing where all was refused', () => {
    expect(exitOfAll([ran(EXIT.refused)], true)).toBe(EXIT.inconclusive);
    expect(exitOfAll([], false)).toBe(EXIT.inconclusive);
  });

  it('takes an end that is none of ours for a bug', () => {
    expect([exitOf(0), exitOf(2), exitOf(1), exitOf(17), exitOf(null)]).toEqual([0, 2, 1, 70, 70]);
  });

  it('takes the reason from what the run itself said last', () => {
    const refused =
      'noise\nhighwater: scenario "x" cannot be planned:\n  - one\n  - two\n  hint: mend\n';
    expect(reasonOf(refused)).toBe('one; two');
    expect(reasonOf('highwater: no java\n  hint: install one\n')).toBe('no java');
    expect(reasonOf('Error: boom\n    at x')).toBe('Error: boom');
  });

  it('tells every run of a scenario, and why it was refused', () => {
    const runs = [
      ran(EXIT.holds),
      ran(EXIT.refused, { name: 'it is upgraded', tookMs: 300, reason: 'no ZooKeeper in 4.x' }),
      ran(EXIT.inconclusive, { turn: 2, tookMs: 75_000 }),
    ];
    expect(tableOf(runs)).toBe(
      [
        'suites/a/b.suite.ts  holds 1 m 1 s, INCONCLUSIVE 1 m 15 s  it goes down',
        'suites/a/b.suite.ts  refused 300 ms                        it is upgraded',
        'refused: suites/a/b.suite.ts, it is upgraded: no ZooKeeper in 4.x',
        '',
        '1 holds, 1 refused, 1 INCONCLUSIVE',
        '',
      ].join('\n'),
    );
    expect(markdownOf(runs, 'suites')).toContain(
      '| suites/a/b.suite.ts | it goes down | holds 1 m 1 s, INCONCLUSIVE 1 m 15 s |',
    );
  });
});
