import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localEnvironment } from '../../src/environments/local/local-environment.ts';
import { foldersOf } from '../../src/leases/folders.ts';
import { idleNode, launchIdle, openTestRun } from './support/idle-nodes.ts';
import { until, untilListening } from './support/local-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'highwater-replace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;

describe('a local node that is replaced', () => {
  it('runs what the next spec says, on the volume that it had, and again after a restart', async () => {
    await using environment = localEnvironment();
    await using run = openTestRun('test-replace-1', folder, foldersOf(process.env).live);
    const { book, nodes } = await launchIdle(environment, run, 1);
    const [node] = nodes;
    const control = node?.control('process');
    if (node === undefined || control?.replace === undefined) throw new Error('no replace');
    await untilListening(book.at(node.id, 'main', 'peer'));
    const first = (await node.look(never)).incarnation;
    const usual = idleNode(node.id, book, run.context.run);
    const { jvm } = usual.start;
    if (jvm === undefined) throw new Error('no JVM');
    const next = {
      ...usual,
      software: { name: 'idle', version: '2' },
      // What prepares a volume would fail the second time.
      start: { jvm: { ...jvm, prepare: [{ main: 'no.such.Main', args: [] }] } },
      files: { 'idle.bsh': usual.files['idle.bsh']?.replace('append("x")', 'append("y")') ?? '' },
    };

    await expect(control.replace(next, never)).rejects.toThrow(`${node.id} is up`);
    await control.kill('SIGTERM');
    await until(
      'gone',
      () => node.look(never),
      ({ state }) => state === 'down',
    );
    const second = await control.replace(next, never);
    expect(second).not.toBe(first);
    expect(node.spec.software.version).toBe('2');
    const starts = async (): Promise<string> =>
      Buffer.from((await node.control('volumes')?.read('data', 'starts')) ?? []).toString();
    await until('a second start', starts, (all) => all === 'xy');

    await control.kill('SIGKILL');
    await control.start(never);
    await until('a third start, as the second', starts, (all) => all === 'xyy');
  });
});

describe('nodes that were reserved', () => {
  it('can be launched while the others run', async () => {
    await using environment = localEnvironment();
    await using run = openTestRun('test-replace-2', folder, foldersOf(process.env).live);
    const { book } = await launchIdle(environment, run, 1);
    const late = book.nodesOf('idle')[1] ?? '';
    await environment.launch([idleNode(late, book, run.context.run)], book, run.context);
    await untilListening(book.at(late, 'main', 'peer'));
  });
});
