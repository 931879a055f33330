import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  gatedCommand,
  KILL,
  KILL_FOR_GOOD,
  STATE_FOLDER,
  STATE_OF_PROCESS,
  signalScript,
} from './gated-command.ts';

/** The scripts as a shell of this machine runs them, with a folder in place of the pod's. */
let folder: string;
const started: ChildProcess[] = [];
const here = (argv: readonly string[]): string[] =>
  argv.map((each) => each.replaceAll(STATE_FOLDER, folder));
const start = (argv: readonly string[]): ChildProcess => {
  const [file = '', ...args] = here(argv);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  return child;
};
async function run(argv: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = start(argv);
  let said = '';
  child.stdout?.on('data', (chunk) => (said += String(chunk)));
  const [code] = await once(child, 'close');
  return { code: code as number | null, said: said.trim() };
}
async function untilNoted(): Promise<void> {
  while (!existsSync(join(folder, 'pid'))) await pause(10);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-gate-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('a gated command', () => {
  it('becomes the command, and dies at once without a gate', async () => {
    const node = start(gatedCommand(['sleep', '60']));
    await untilNoted();
    const ended = once(node, 'exit');
    expect((await run(KILL)).code).toBe(0);
    expect((await ended)[1]).toBe('SIGKILL');
    expect(existsSync(join(folder, 'gate'))).toBe(false);
  });

  it('stays away behind the gate when it is started again', async () => {
    start(gatedCommand(['sleep', '60']));
    await untilNoted();
    expect((await run(KILL_FOR_GOOD)).code).toBe(0);
    const again = start(gatedCommand(['touch', join(folder, 'ran')]));
    await pause(300);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    expect(again.exitCode).toBeNull();
    rmSync(join(folder, 'gate'));
    await once(again, 'exit');
    expect(existsSync(join(folder, 'ran'))).toBe(true);
  });

  it('is stopped and goes on, and tells so', async () => {
    start(gatedCommand(['sleep', '60']));
    await untilNoted();
    await run(signalScript('STOP'));
    expect((await run(STATE_OF_PROCESS)).said).toBe('T');
    await run(signalScript('CONT'));
    expect((await run(STATE_OF_PROCESS)).said).toMatch(/[SR]/);
  });

  it('says so when there is no process to kill', async () => {
    expect((await run(KILL)).code).toBe(1);
    writeFileSync(join(folder, 'pid'), '4194000\n');
    expect((await run(signalScript('STOP'))).code).not.toBe(0);
    expect((await run(KILL_FOR_GOOD)).code).toBe(8);
    writeFileSync(join(folder, 'pid'), '$\n');
    expect((await run(KILL)).code).not.toBe(0);
  });
});
