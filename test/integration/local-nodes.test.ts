import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AddressBook, Environment } from '../../src/environments/environment.ts';
import { localEnvironment } from '../../src/environments/local/local-environment.ts';
import type { Node } from '../../src/environments/node.ts';
import { foldersOf } from '../../src/leases/folders.ts';
import {
  dumpOf,
  identityName,
  idleNode,
  idleRole,
  launchIdle,
  openTestRun,
  type TestRun,
} from './support/idle-nodes.ts';
import { listens, markedProcesses, until, untilListening } from './support/local-machine.ts';

const folders = foldersOf(process.env);
const signal = new AbortController().signal;
const linux = process.platform === 'linux';

/** Everything is shown with namespaces and, as elsewhere than on Linux, without. */
describe.each(linux ? (['auto', 'none'] as const) : (['none'] as const))(
  'nodes on this machine, namespaces: %s',
  (namespaces) => {
    let root = '';
    let run: Omit<TestRun, 'book'>;
    let environment: Environment;
    let count = 0;

    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'highwater-nodes-'));
      count += 1;
      run = openTestRun(`nodes-${namespaces}-${process.pid}-${count}`, root, folders.live);
      environment = localEnvironment({ namespaces });
    });

    afterEach(async () => {
      const report = await run.scope.close();
      const left = await environment.census(run.context);
      rmSync(root, { recursive: true });
      assert.equal(report.failures, 0, JSON.stringify(report));
      assert.deepEqual(left, []);
      assert.deepEqual(run.context.leases.held(), []);
      if (linux) assert.deepEqual(markedProcesses('HIGHWATER_RUN', run.context.run), []);
    });

    const launch = async (
      nodes: number,
    ): Promise<{ book: AddressBook; one: Node; all: readonly Node[] }> => {
      const launched = await launchIdle(environment, run, nodes);
      for (const { id } of launched.nodes) {
        await untilListening(launched.book.at(id, 'main', 'peer'));
      }
      const [one] = launched.nodes;
      if (one === undefined) throw new Error('no node');
      return { book: launched.book, one, all: launched.nodes };
    };

    it('run on addresses of their own, and each one’s thread dump is its own', async () => {
      const { book, all } = await launch(3);
      const dumps = await Promise.all(all.map(dumpOf));
      for (const [index, node] of all.entries()) {
        const names = all.filter(({ id }) =>
          dumps[index]?.includes(identityName(run.context.run, id)),
        );
        expect(names.map(({ id }) => id)).toEqual([node.id]);
      }
      const addresses = all.map(({ id }) => book.at(id, 'main', 'peer'));
      expect(new Set(addresses.map(({ host, port }) => `${host}:${port}`)).size).toBe(3);
      if (linux) expect(new Set(addresses.map(({ host }) => host)).size).toBe(3);
      expect((await environment.census(run.context)).map(({ kind }) => kind).sort()).toEqual(
        expect.arrayContaining(['folder', 'lock', 'process']),
      );
    });

    it('stand still when paused, and end with the run as they are', async () => {
      const { book, one, all } = await launch(2);
      const { incarnation } = await one.look(signal);
      await one.control('process')?.pause?.();
      await until(
        'paused',
        () => one.look(signal),
        ({ state }) => state === 'paused',
      );
      await one.control('process')?.resume?.();
      await until(
        'up',
        () => one.look(signal),
        ({ state }) => state === 'up',
      );
      expect((await one.look(signal)).incarnation).toBe(incarnation);
      expect(await dumpOf(one)).toContain(identityName(run.context.run, one.id));
      expect(await listens(book.at(one.id, 'main', 'peer'))).toBe(true);
      // What is left of it after the scope has closed is looked for below.
      for (const node of all) await node.control('process')?.pause?.();
      await until(
        'paused',
        () => one.look(signal),
        ({ state }) => state === 'paused',
      );
    });

    it('die when killed, and come back as another incarnation with the same volume', async () => {
      const { book, one } = await launch(1);
      const control = one.control('process');
      const before = await one.look(signal);
      expect(before).toEqual({
        state: 'up',
        incarnation: expect.stringMatching(/^\d+:/),
        ended: null,
      });
      expect(await control?.start(signal)).toBe(before.incarnation);
      await control?.kill('SIGKILL');
      await control?.kill('SIGKILL');
      const down = await until(
        'the node is down',
        () => one.look(signal),
        (seen) => seen.state === 'down',
      );
      expect(down).toEqual({ state: 'down', incarnation: null, ended: 'signal SIGKILL' });
      expect(await listens(book.at(one.id, 'main', 'peer'))).toBe(false);
      await expect(one.control('threads')?.dump(signal)).rejects.toThrow(/it is down/);
      const after = await control?.start(signal);
      expect(after).not.toBe(before.incarnation);
      expect((await one.look(signal)).incarnation).toBe(after);
      await untilListening(book.at(one.id, 'main', 'peer'));
      expect(String(await one.control('volumes')?.read('data', 'starts'))).toBe('xx');
      expect(readFileSync(one.logFile ?? '', 'utf8')).toBe('idle-1 starts\nidle-1 starts\n');
    });

    it('are new when started in the same breath as they were killed', async () => {
      const { one } = await launch(1);
      for (const signalName of ['SIGKILL', 'SIGTERM'] as const) {
        const before = (await one.look(signal)).incarnation;
        await one.control('process')?.kill(signalName);
        const after = await one.control('process')?.start(signal);
        expect(after).not.toBe(before);
        expect((await one.look(signal)).incarnation).toBe(after);
      }
    });

    it('end by themselves on SIGTERM, and tell their exit code', async () => {
      const { one } = await launch(1);
      await one.control('process')?.kill('SIGTERM');
      const down = await until(
        'the node is down',
        () => one.look(signal),
        (seen) => seen.state === 'down',
      );
      expect(down.ended).toBe('exit code 143');
    });

    it.runIf(linux)('are not in the process group to which a terminal sends Ctrl-C', async () => {
      const { one } = await launch(1);
      const { incarnation } = await one.look(signal);
      const groupOf = (pid: string | number): string =>
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2] ?? '';
      expect(groupOf(incarnation?.split(':')[0] ?? '')).not.toBe(groupOf('self'));
    });

    it('have their volume wiped only while they are down', async () => {
      const { one } = await launch(1);
      const volumes = one.control('volumes');
      await expect(volumes?.wipe('data')).rejects.toMatchObject({ code: 'TARGET_REFUSED' });
      expect(await volumes?.list('data')).toEqual([{ path: 'starts', bytes: 1 }]);
      await one.control('process')?.kill('SIGKILL');
      await until(
        'the node is down',
        () => one.look(signal),
        (seen) => seen.state === 'down',
      );
      await volumes?.wipe('data');
      expect(await volumes?.list('data')).toEqual([]);
    });

    it('are all ended when one of them dies at once, and the error tells its last words', async () => {
      const book = await environment.reserve([idleRole(2)], run.context);
      const bad = idleNode('idle-2', book, run.context.run);
      const flags = [...(bad.start.jvm?.flags ?? []), '-Xmx1k'];
      const specs = [
        idleNode('idle-1', book, run.context.run),
        { ...bad, start: { jvm: { ...bad.start.jvm!, flags } } },
      ];
      await expect(environment.launch(specs, book, run.context)).rejects.toMatchObject({
        code: 'NODE_DIED',
        message: expect.stringMatching(/^idle-2: it died at once: exit code 1: last said ".+"$/),
        hint: `see ${join(run.context.directory, 'logs', 'idle-2.log')}`,
      });
      const left = await environment.census(run.context);
      expect(
        left.filter(({ kind, what }) => kind === 'process' && what.startsWith('idle')),
      ).toEqual([]);
    });

    it('are not started when their preparation fails', async () => {
      const book = await environment.reserve([idleRole(1)], run.context);
      const spec = idleNode('idle-1', book, run.context.run);
      const prepare = [{ main: 'bsh.NotThere', args: [] }];
      const specs = [{ ...spec, start: { jvm: { ...spec.start.jvm!, prepare } } }];
      await expect(environment.launch(specs, book, run.context)).rejects.toMatchObject({
        code: 'NODE_DIED',
        message: expect.stringMatching(/^idle-1: preparing it with bsh\.NotThere: exit code 1: /),
      });
      expect(existsSync(join(book.volume('idle-1', 'data'), 'starts'))).toBe(false);
    });

    it('are gone when their run is aborted while they start', async () => {
      const book = await environment.reserve([idleRole(3)], run.context);
      const specs = book.nodesOf('idle').map((id) => idleNode(id, book, run.context.run));
      const launching = environment.launch(specs, book, run.context);
      const reason = new Error('enough');
      setImmediate(() => run.scope.abort(reason));
      await expect(launching).rejects.toBe(reason);
    });
  },
);
