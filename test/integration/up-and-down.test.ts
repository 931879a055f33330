import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/core/errors.ts';
import { type CommandResult, runCommand, runCommandOk } from '../../src/core/exec.ts';
import { minutes } from '../../src/core/time.ts';
import { foldersOf } from '../../src/leases/folders.ts';
import { markedProcesses, until } from './support/local-machine.ts';

/** Systems that are put up, used as a person would, and taken down: through the command line. */
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const MARK = 'HW_UP_TEST';
const root = mkdtempSync(join(tmpdir(), 'highwater-up-'));
const out = join(root, 'reports');
const env = { ...process.env, [MARK]: root };
const folders = foldersOf(process.env);
const name = `t${process.pid}`;
const { signal } = new AbortController();

const highwater = (...args: readonly string[]): Promise<CommandResult> =>
  runCommand([process.execPath, MAIN, ...args], { signal, within: minutes(2), env });
const alive = (): readonly string[] => markedProcesses(MARK, root);
/** What a system of ours holds of the machine. */
const held = (): string[] =>
  [folders.live, folders.work]
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((entry) => entry.startsWith(`up-${name}`));

afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => assert.deepEqual(alive(), []));

describe('a system that is put up in the background', () => {
  it('is there to be used: status, Kafka’s own tools, load and faults; down leaves nothing', async () => {
    const up = await highwater('up', '--detach', '--name', name, '--out', out);
    expect(up.stderr).toBe('');
    expect(up.code).toBe(EXIT.holds);
    const status = await highwater('status', name);
    const bootstrap = /^clients +--bootstrap-server (\S+)$/m.exec(status.stdout)?.[1] ?? '';
    expect(bootstrap.split(',')).toHaveLength(3);
    expect(status.stdout).toMatch(/^controller-1 +up +\d+ +- +127\./m);
    expect(await topics(bootstrap, pidOf(status.stdout, 'broker-1'))).toContain('orders');

    const again = await highwater('up', '--detach', '--name', name, '--out', out);
    expect(again.code).toBe(EXIT.notReady);
    expect(again.stderr).toContain(`"${name}" is up already`);

    const load = await highwater('load', '--rate', '200', '--for', '3s', '--on', name);
    expect(load.stdout).toMatch(/^acknowledged +600$/m);
    expect(load.stdout).toMatch(/^latency, from due +p50 .+ at most .+s$/m);
    expect(load.code).toBe(EXIT.holds);

    const fault = await highwater('fault', 'down', 'broker-2', '--hold', '2s', '--on', name);
    expect(fault.stdout).toMatch(/engage: SIGKILL to broker-2[\s\S]+confirm-heal: broker-2 runs/);
    expect(fault.code).toBe(EXIT.holds);
    const after = await highwater('status', name);
    expect(pidOf(after.stdout, 'broker-2')).not.toBe(pidOf(status.stdout, 'broker-2'));
    expect(pidOf(after.stdout, 'broker-1')).toBe(pidOf(status.stdout, 'broker-1'));

    const odd = await highwater('fault', 'down', 'broker-9', '--on', name);
    expect(odd.stderr).toContain('no such node');
    expect(odd.code).toBe(EXIT.refused);

    const down = await highwater('down', name);
    expect(down).toMatchObject({ code: EXIT.holds, stderr: '', stdout: `${name} is down\n` });
    expect(alive()).toEqual([]);
    expect(held()).toEqual([]);
    expect((await highwater('down', name)).code).toBe(EXIT.holds);
    expect((await highwater('status', name)).code).toBe(EXIT.notReady);
    const lost = await highwater('load', '--on', name);
    expect(lost).toMatchObject({ code: EXIT.notReady, stderr: expect.stringContaining('not up') });
  });
});

describe('a system that is put up in front', () => {
  it('dies with its conductor, however that ends, and down gives back the rest', async () => {
    const conductor = putUp();
    await untilReady(conductor.said);
    conductor.child.kill('SIGKILL');
    await once(conductor.child, 'exit');
    await until('its processes are gone', alive, (left) => left.length === 0);
    expect((await highwater('status', name)).stdout).toContain('its conductor died');
    expect(held().length).toBeGreaterThan(0);
    expect((await highwater('down', name)).code).toBe(EXIT.holds);
    expect(held()).toEqual([]);
  });

  it('is taken down by Ctrl-C, also while it starts', async () => {
    const conductor = putUp();
    await until('it holds something', held, (entries) => entries.length > 0);
    await until('its nodes start', alive, (processes) => processes.length > 3);
    conductor.child.kill('SIGINT');
    const [code] = (await once(conductor.child, 'exit')) as [number];
    expect(code).toBe(EXIT.interrupted);
    expect(alive()).toEqual([]);
    expect(held()).toEqual([]);
  });
});

function putUp(): { readonly child: ChildProcess; readonly said: () => string } {
  const args = [MAIN, 'up', '--name', name, '--out', out];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
  });
  return { child, said: () => text };
}

const untilReady = (said: () => string): Promise<string> =>
  until('it is up', said, (text) => text.includes('Ctrl-C takes it down'));

const pidOf = (status: string, node: string): string =>
  new RegExp(`^${node} +up +(\\d+)`, 'm').exec(status)?.[1] ?? 'not there';

/** What kafka-topics.sh lists; its class path is the one that a broker runs with. */
async function topics(bootstrap: string, broker: string): Promise<string> {
  const words = readFileSync(`/proc/${broker}/cmdline`, 'utf8').split('\0');
  const classPath = words[words.indexOf('-cp') + 1] ?? '';
  const tool = ['java', '-cp', classPath, 'org.apache.kafka.tools.TopicCommand'];
  const argv = [...tool, '--bootstrap-server', bootstrap, '--list'];
  return (await runCommandOk(argv, { signal, within: minutes(1) })).stdout;
}
