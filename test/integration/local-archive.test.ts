import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/environments/environment.ts';
import { localEnvironment } from '../../src/environments/local/local-environment.ts';
import { idleNode, idleRole, launchIdle, openTestRun } from './support/idle-nodes.ts';
import { until, untilListening } from './support/local-machine.ts';

/** These tests go on from one another: the cache of this file is empty at first. */
let root = '';
let environment: Environment;
let whole: Buffer;
const live = (): string => join(root, 'cache', 'live');
const archives = (): readonly string[] => {
  const folder = join(root, 'cache', 'archives');
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.jsa'))
        .map((name) => join(folder, name))
    : [];
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-archive-'));
  const env = { ...process.env, HIGHWATER_CACHE: join(root, 'cache') };
  environment = localEnvironment({ env });
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs one node until it has listened, and `also` is so; gives its command and what was told. */
async function runOnce(
  run: string,
  also: () => boolean = () => true,
): Promise<{ readonly command: string; readonly told: readonly string[] }> {
  const opened = openTestRun(run, root, live());
  const { book, nodes } = await launchIdle(environment, opened, 1);
  await untilListening(book.at('idle-1', 'main', 'peer'));
  const state = await nodes[0]!.look(opened.context.signal);
  const pid = state.incarnation?.split(':')[0];
  const command = process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  await until('the node was there long enough', also, Boolean);
  const report = await opened.scope.close();
  expect(report.failures).toBe(0);
  return { command, told: opened.told };
}

describe('jars and class-data archives in the cache', () => {
  it('are resolved by Maven, and no archive is kept of a node that had hardly begun', async () => {
    const { told } = await runOnce('first');
    expect(told[0]).toMatch(/^resolving .* from Maven \(first time only\)$/);
    expect(archives()).toEqual([]);
  });

  it('are kept from a node that ran for a while, and need no Maven any more', async () => {
    const began = performance.now();
    const { command, told } = await runOnce('second', () => performance.now() - began > 7_000);
    expect(told.some((line) => line.includes('Maven'))).toBe(false);
    expect(command).toContain('-XX:+RecordDynamicDumpInfo');
    expect(archives()).toHaveLength(1);
    expect(told.at(-1)).toBe(`kept ${archives()[0]}`);
  });

  it('are what later nodes start from', async () => {
    const { command } = await runOnce('third');
    expect(command).toContain(`-XX:SharedArchiveFile=${archives()[0]}`);
  });

  it('are passed over when they are not as they were written', async () => {
    const [archive] = archives();
    whole = readFileSync(archive!);
    for (const [index, broken] of [
      whole.subarray(0, whole.length / 2),
      Buffer.alloc(0),
    ].entries()) {
      writeFileSync(archive!, broken);
      const { command } = await runOnce(`broken-${index}`);
      expect(command).not.toContain('SharedArchiveFile');
    }
  });

  it('are dropped when a JVM crashes on them, and the node starts without', async () => {
    const [archive] = archives();
    // JDK 17 comes down with SIGABRT on an archive that was cut short.
    writeFileSync(archive!, whole.subarray(0, whole.length / 2));
    const { size, mtimeMs } = statSync(archive!);
    writeFileSync(`${archive}.seal`, `${size} bytes, written at ${mtimeMs}\n`);
    const { command, told } = await runOnce('sealed-and-cut');
    // A JVM may as well have passed over it; what counts is that the node ran.
    const crashed = told.some((line) => line.includes('crashed in starting from a class-data'));
    expect(command.includes('SharedArchiveFile')).toBe(!crashed);
  });

  it('are not to be had of a version that does not exist, and the error says so', async () => {
    const opened = openTestRun('no-such', root, live());
    const book = await environment.reserve([idleRole(1)], opened.context);
    const spec = idleNode('idle-1', book, opened.context.run);
    const jars = ['org.apache-extras.beanshell:bsh:0.0.0'];
    const specs = [{ ...spec, start: { jvm: { ...spec.start.jvm!, jars } } }];
    await expect(environment.launch(specs, book, opened.context)).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: expect.stringMatching(/^mvn: exit code 1: .*bsh:jar:0\.0\.0/),
      hint: expect.stringContaining('is the version right'),
    });
    await opened.scope.close();
    expect(await environment.census(opened.context)).toEqual([]);
    expect(readdirSync(join(root, 'cache', 'work'))).toEqual([]);
  });
});
