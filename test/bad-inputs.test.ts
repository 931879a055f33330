import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../src/core/errors.ts';
import { runCommand } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';
import { blockAt, blockCount, lockPathOf } from '../src/environments/addresses/address-block.ts';
import { type Folders, foldersOf } from '../src/leases/folders.ts';
import { takeLock } from '../src/leases/lock-file.ts';
import { ownIdentity } from '../src/leases/process-identity.ts';

/**
 * What people get wrong, or what a machine lacks, put to the command line as they would: one line
 * for each problem, with what was expected, what was seen and what to do; and nothing was started.
 */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MAIN = join(ROOT, 'src', 'cli', 'main.ts');
const suite = (name: string): string => `test/fixtures/bad-inputs/${name}.suite.ts`;

let root = '';
let folders: Folders;
let env: Record<string, string | undefined> = {};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-bad-'));
  mkdirSync(join(root, 'bin'));
  env = {
    PATH: join(root, 'bin'),
    JAVA_HOME: undefined,
    HIGHWATER_CACHE: join(root, 'cache'),
    HIGHWATER_LOCKS: join(root, 'locks'),
  };
  folders = foldersOf(env);
});
afterEach(() => rmSync(root, { recursive: true }));

/** Puts a command on the PATH that prints this on standard error. */
function command(name: string, says = ''): void {
  const path = join(root, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n/bin/cat >&2 <<'END'\n${says}END\n`);
  chmodSync(path, 0o755);
}
const java = (): void => command('java', '    java.home = /opt/jdk\n    java.version = 21.0.1\n');

/** Runs a suite; gives the exit code and what was said on standard error. */
async function run(named: string): Promise<{ exit: number | null; said: string }> {
  const argv = [process.execPath, MAIN, 'run', named, '--out', join(root, 'out')];
  const signal = new AbortController().signal;
  const { code, stderr } = await runCommand(argv, { cwd: ROOT, env, signal, within: seconds(30) });
  return { exit: code, said: stderr };
}

/** Nothing was started, taken or made; `locks` are those of others. */
function expectNothing(locks = 0): void {
  const namesIn = (folder: string): readonly string[] =>
    existsSync(folder) ? readdirSync(folder) : [];
  expect([...namesIn(folders.live), ...namesIn(folders.work)]).toEqual([]);
  expect(namesIn(join(root, 'out'))).toEqual([]);
  expect(namesIn(folders.locks)).toHaveLength(locks);
}

/** One line says it, below a head, above a hint; a small machine may lack more. */
function expectLine(said: string, line: string): void {
  const lines = said.trimEnd().split('\n');
  expect(lines[0]).toBe('highwater: environment "local" cannot run this:');
  expect(lines.slice(1, -1)).toContain(`  - ${line}`);
  expect(lines.at(-1)).toMatch(/^ {2}hint: nothing was started; `npx highwater doctor` looks/);
}

describe('a machine on which a run cannot start', () => {
  it('without Java says so, and what to do', async () => {
    command('mvn');
    const { exit, said } = await run('failover/leader-down');
    expectLine(
      said,
      `no Java: java -XshowSettings:properties -version: could not be started: no such command; install a JDK 17 or later and put it on the PATH or in JAVA_HOME`,
    );
    expect(exit).toBe(EXIT.notReady);
    expectNothing();
  });

  it('without Maven and with an empty cache says so, and what to do', async () => {
    java();
    const { exit, said } = await run('failover/leader-down');
    expectLine(
      said,
      `no mvn on the PATH, and the jars of kafka 4.3.1 are not cached; install Maven 3.6 or later and put mvn on the PATH`,
    );
    expect(exit).toBe(EXIT.notReady);
    expectNothing();
  });

  it('where every address block is taken says by whom, and what to do', async () => {
    java();
    command('mvn');
    const own = process.platform === 'linux';
    const count = blockCount(own);
    for (let ordinal = 0; ordinal < count; ordinal += 1) {
      const holder = { run: `r${ordinal}`, owner: ownIdentity(), leases: '' };
      takeLock(lockPathOf(folders.locks, blockAt(ordinal, own)), holder);
    }
    const { exit, said } = await run('failover/leader-down');
    const shown = said.replaceAll(root, '<root>').replaceAll(String(process.pid), '<pid>');
    expectLine(
      shown,
      `no free address block: 127.16.0 is taken by run r0 (pid <pid>); 127.17.0 is taken by run r1 (pid <pid>); 127.18.0 is taken by run r2 (pid <pid>); end other runs, or free what dead ones left: highwater sweep (locks: <root>/locks)`,
    );
    expect(exit).toBe(EXIT.notReady);
    expectNothing(count);
  });
});

describe('a suite that cannot be run anywhere', () => {
  it('with a rate below zero is refused', async () => {
    const { exit, said } = await run(suite('negative-rate'));
    expect(said).toMatchInlineSnapshot(`
      "highwater: scenario "a load of less than nothing" cannot be planned:
        - load[0].rate: Too small: expected number to be >=0, got -5
        hint: nothing was started; mend test/fixtures/bad-inputs/negative-rate.suite.ts or choose another --env or --profile
      "
    `);
    expect(exit).toBe(EXIT.refused);
    expectNothing();
  });

  it('with a fault on a role that is not there is refused', async () => {
    const { exit, said } = await run(suite('no-such-role'));
    expect(said).toMatchInlineSnapshot(`
      "highwater: scenario "harm to nobody" cannot be planned:
        - timeline fault-1: target role "jobmanager": no such role (roles: controller, broker)
        hint: nothing was started; mend test/fixtures/bad-inputs/no-such-role.suite.ts or choose another --env or --profile
      "
    `);
    expect(exit).toBe(EXIT.refused);
    expectNothing();
  });
});

it('what is thrown where nobody waits is a bug, and no claim that is broken', async () => {
  const { exit, said } = await run(suite('throws-later'));
  expect(said).toMatch(/^highwater: thrown by nobody in particular \(a bug in highwater\)\nError:/);
  expect(exit).toBe(EXIT.bug);
  expectNothing();
});
