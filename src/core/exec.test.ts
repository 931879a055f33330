import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { realClock } from './clock.ts';
import { HighwaterError, isHighwaterError } from './errors.ts';
import { type CommandOptions, runCommand, runCommandOk, showArgv } from './exec.ts';
import { ms, seconds } from './time.ts';
import { bytes } from './units.ts';
import { waitFor } from './wait-for.ts';

const options = (more: Partial<CommandOptions> = {}): CommandOptions => ({
  signal: new AbortController().signal,
  within: seconds(20),
  ...more,
});
const node = (script: string, ...args: string[]): string[] => [
  process.execPath,
  '-e',
  script,
  ...args,
];
const caught = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing was thrown',
    (thrown: unknown) => thrown,
  );
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  // A zombie that nobody has collected yet still takes signals; its state tells that it is dead.
  return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
};

describe('runCommand', () => {
  it('gives back both streams and the exit code, without a shell in between', async () => {
    const script = `console.log(process.argv[1]); console.error('two'); process.exit(7)`;
    const result = await runCommand(node(script, '$HOME; echo x'), options());
    expect(result).toMatchObject({
      code: 7,
      endedBy: null,
      stdout: '$HOME; echo x\n',
      stderr: 'two\n',
      truncated: false,
    });
  });

  it('passes input, folder and environment, and takes variables away', async () => {
    const script = `process.stdin.pipe(process.stdout);
      console.log(process.cwd(), process.env.A, process.env.PATH)`;
    const result = await runCommand(
      node(script),
      options({ input: 'in', cwd: '/', env: { A: 'a', PATH: undefined } }),
    );
    expect(result.stdout).toBe('/ a undefined\nin');
  });

  it('keeps the first and the last part of a long output', async () => {
    const script = `process.stdout.write('a'.repeat(50) + 'm'.repeat(500000) + 'z'.repeat(50))`;
    const result = await runCommand(node(script), options({ outputMax: bytes(100) }));
    expect(result.truncated).toBe(true);
    expect(result.stdout).toBe(
      `${'a'.repeat(50)}\n[… 500000 characters left out …]\n${'z'.repeat(50)}`,
    );
  });

  it('tells lines as they come, the unfinished last one too', async () => {
    const lines: string[] = [];
    await runCommand(
      node(`process.stdout.write('one\\r\\ntwo\\nthr'); process.stdout.write('ee')`),
      options({ onLine: (line) => lines.push(line) }),
    );
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('says that the command does not exist and what to do', async () => {
    const thrown = await caught(runCommand(['no-such-command-here', '-x'], options()));
    expect(isHighwaterError(thrown, 'ENV_NOT_READY')).toBe(true);
    expect((thrown as HighwaterError).message).toBe(
      'no-such-command-here -x: could not be started: no such command',
    );
    expect((thrown as HighwaterError).hint).toBe(
      'is "no-such-command-here" installed and on PATH?',
    );
  });

  it('ends a command that takes too long', async () => {
    const thrown = await caught(
      runCommand(node('setInterval(() => {}, 1000)'), options({ within: ms(300) })),
    );
    expect(isHighwaterError(thrown, 'WAIT_TIMEOUT')).toBe(true);
    expect((thrown as HighwaterError).message).toMatch(/: did not end within 300 ms$/);
  });

  it('ends what the command had started along with it', async () => {
    const controller = new AbortController();
    const pids: number[] = [];
    const script = `const { spawn } = require('node:child_process');
      const inner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'],
        { stdio: 'inherit' });
      console.log(process.pid); console.log(inner.pid); setInterval(() => {}, 1000)`;
    const onLine = (line: string): void => {
      pids.push(Number(line));
      if (pids.length === 2) controller.abort(new Error('both run'));
    };
    await caught(runCommand(node(script), options({ signal: controller.signal, onLine })));
    expect(pids).toHaveLength(2);
    await waitFor(
      {
        what: 'both gone',
        look: async () => pids.filter(isAlive),
        show: (alive) => alive.join(', '),
      },
      { ...options(), clock: realClock(), until: (alive) => alive.length === 0 },
    );
  });

  it('kills a command that ignores SIGTERM, and rejects with the reason of the abort', async () => {
    const controller = new AbortController();
    const reason = new HighwaterError('INTERRUPTED', 'enough');
    let pid = 0;
    const thrown = await caught(
      runCommand(
        node(`process.on('SIGTERM', () => {}); console.log(process.pid);
          setInterval(() => {}, 1000)`),
        options({
          signal: controller.signal,
          onLine: (line) => {
            pid = Number(line);
            controller.abort(reason);
          },
        }),
      ),
    );
    expect(thrown).toBe(reason);
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('starts nothing when the signal was aborted before', async () => {
    const reason = new Error('before');
    const thrown = await caught(
      runCommand(['no-such-command-here'], options({ signal: AbortSignal.abort(reason) })),
    );
    expect(thrown).toBe(reason);
  });
});

describe('runCommandOk', () => {
  it('throws on another exit code than 0, with the last line that was said', async () => {
    const thrown = await caught(
      runCommandOk(node(`console.error('first\\nno space left\\n'); process.exit(3)`), {
        ...options(),
        hint: 'make room',
      }),
    );
    expect((thrown as HighwaterError).message).toMatch(/: exit code 3: last said "no space left"$/);
    expect((thrown as HighwaterError).hint).toBe('make room');
  });
});

describe('showArgv', () => {
  it('quotes words with spaces and cuts long commands', () => {
    expect(showArgv(['java', '-Dx=a b', 'Main'])).toBe('java "-Dx=a b" Main');
    expect(showArgv(['x'.repeat(200)])).toHaveLength(120);
  });
});
