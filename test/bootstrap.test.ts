/**
 * The way in of a fresh clone, in a folder of its own: its Java, Maven and npm are small scripts
 * there, and its PATH holds nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandResult, runCommand } from '../src/core/exec.ts';
import { seconds } from '../src/core/time.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
let clone = '';
let bin = '';

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'highwater-bootstrap-'));
  bin = join(clone, 'bin');
  mkdirSync(bin);
  cpSync(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true });
  writeFileSync(join(clone, 'package-lock.json'), '{"lockfileVersion":3}');
  command('java', `echo 'openjdk version "17.0.15" 2025-04-15' >&2`);
  command('javac', 'echo javac 21');
  command('mvn', 'echo Apache Maven 3.8.7');
  command(
    'npm',
    `echo "$@" >> ${clone}/npm-calls
     /bin/mkdir -p node_modules/.bin
     /bin/ln -sf ${process.execPath} node_modules/.bin/node`,
  );
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function command(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

const argvOf = (then: readonly string[]): string[] => [
  process.execPath,
  join(clone, 'scripts/bootstrap.mjs'),
  ...(then.length > 0 ? ['--', ...then] : []),
];
const bootstrap = (then: readonly string[] = [], env = {}): Promise<CommandResult> =>
  runCommand(argvOf(then), {
    signal: new AbortController().signal,
    within: seconds(30),
    cwd: clone,
    env: { PATH: bin, JAVA_HOME: undefined, ...env },
  });
const npmCalls = (): string[] =>
  existsSync(join(clone, 'npm-calls'))
    ? readFileSync(join(clone, 'npm-calls'), 'utf8').trim().split('\n')
    : [];

describe('bootstrap', () => {
  it('installs the packages once, and runs the command with them first on PATH', async () => {
    const argv = ['node', '-p', 'process.argv[1] + " " + process.env.PATH', 'x y'];
    const first = await bootstrap(argv);
    const packages = join(clone, 'node_modules/.bin');
    expect(first).toMatchObject({ code: 0, stdout: `x y ${packages}:${bin}\n` });
    expect(first.stderr.replace(/\d+/, 'N')).toBe(
      'packages from the lockfile: installing\npackages from the lockfile: installed after N s\n',
    );
    expect(npmCalls()).toEqual([expect.stringMatching(/^ci --ignore-scripts /)]);
    const second = await bootstrap(argv);
    expect(second).toMatchObject({ code: 0, stdout: first.stdout, stderr: '' });
    expect(npmCalls()).toHaveLength(1);
  });

  it('gives these tests, too, the Node that it installs', () => {
    expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
    expect(process.execPath.startsWith(join(ROOT, 'node_modules'))).toBe(
      process.platform === 'linux',
    );
  });

  it('installs them again when the lockfile is another', async () => {
    await bootstrap();
    writeFileSync(join(clone, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}');
    expect(await bootstrap()).toMatchObject({ code: 0, stdout: 'ready\n' });
    expect(npmCalls()).toHaveLength(2);
  });

  it('does not install through a link, because npm would empty the folder of another', async () => {
    const other = mkdtempSync(join(tmpdir(), 'highwater-other-'));
    writeFileSync(join(other, 'theirs'), '');
    symlinkSync(other, join(clone, 'node_modules'));
    const { code, stderr } = await bootstrap();
    expect(code).toBe(3);
    expect(stderr).toContain('expected node_modules to be a folder of this checkout');
    expect(npmCalls()).toEqual([]);
    expect(existsSync(join(other, 'theirs'))).toBe(true);
    rmSync(other, { recursive: true });
  });

  it('shows what npm said when it fails, exits with 3, and tries again the next time', async () => {
    command('npm', 'echo npm error network; exit 1');
    for (let times = 0; times < 2; times += 1) {
      const { code, stdout, stderr } = await bootstrap(['node', '-p', '"not reached"']);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(
        /^npm error network\nnot ready: expected `npm ci` to install .*; seen exit code 1 after/m,
      );
    }
  });

  it.each([
    [
      'no Java at all',
      () => {
        rmSync(join(bin, 'java'));
        rmSync(join(bin, 'javac'));
        command('mvn', 'echo The JAVA_HOME environment variable is not defined correctly; exit 1');
      },
      [
        'not ready: expected java of JDK 17 or later on PATH; seen none: ' +
          'install a JDK 17 or later and put its bin folder on PATH, or set JAVA_HOME',
        'not ready: expected javac of JDK 17 or later on PATH; seen none: ' +
          'install a JDK 17 or later and put its bin folder on PATH, or set JAVA_HOME',
      ],
    ],
    [
      'too old a Java',
      () => command('java', `echo 'openjdk version "1.8.0_392"' >&2`),
      [
        'not ready: expected java of JDK 17 or later on PATH; ' +
          'seen "openjdk version "1.8.0_392"": ' +
          'install a JDK 17 or later and put its bin folder on PATH, or set JAVA_HOME',
      ],
    ],
    [
      'no Maven',
      () => rmSync(join(bin, 'mvn')),
      [
        'not ready: expected mvn (Apache Maven), which fetches the jars of the systems under ' +
          'test, on PATH; seen none: install Maven 3.6 or later and put its bin folder on PATH',
      ],
    ],
  ])('refuses with one clear line for each thing missing: %s', async (_, spoil, lines) => {
    spoil();
    const { code, stdout, stderr } = await bootstrap(['node', '-p', '"not reached"']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toBe(`${lines.join('\n')}\n`);
    expect(npmCalls()).toEqual([]);
  });

  it('looks for Java where JAVA_HOME points, and puts it before the rest of PATH', async () => {
    const home = join(clone, 'jdk');
    cpSync(bin, join(home, 'bin'), { recursive: true });
    rmSync(join(bin, 'java'));
    const argv = ['node', '-p', 'process.env.PATH'];
    const packages = join(clone, 'node_modules/.bin');
    expect(await bootstrap(argv, { JAVA_HOME: home })).toMatchObject({
      code: 0,
      stdout: `${packages}:${join(home, 'bin')}:${bin}\n`,
    });
    const { code, stderr } = await bootstrap(argv, { JAVA_HOME: join(clone, 'gone') });
    expect(code).toBe(3);
    expect(stderr.split('\n')[0]).toBe(
      `not ready: expected java of JDK 17 or later in JAVA_HOME (${join(clone, 'gone')}); ` +
        'seen none: point JAVA_HOME at a JDK 17 or later, or unset it',
    );
  });

  it.each([
    ['its exit code', 'process.exit(130)', 130],
    ['128 + 9 when it was killed', 'process.kill(process.pid, "SIGKILL")', 137],
  ])('leaves as the command does, with %s', async (_, script, code) => {
    expect((await bootstrap(['node', '-e', script])).code).toBe(code);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'passes %s on where there is no terminal, and leaves after the command',
    async (signal) => {
      await bootstrap();
      const script = `process.on('${signal}', () => { console.log('heard'); process.exit(5); });
        console.log('up'); setInterval(() => {}, 1000)`;
      const [file = '', ...args] = argvOf(['node', '-e', script]);
      const child = spawn(file, args, { cwd: clone, env: { PATH: bin } });
      const { code, said } = await sayingOf(child, (text) => {
        if (text === 'up\n') child.kill(signal);
      });
      expect({ code, said }).toEqual({ code: 5, said: 'up\nheard\n' });
    },
  );
});

function sayingOf(
  child: ChildProcess,
  onSaid: (said: string) => void,
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      onSaid(said);
    });
    child.once('close', (code) => resolve({ code, said }));
  });
}
