import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openScope, type Scope } from '../../core/scope.ts';
import { ms, seconds } from '../../core/time.ts';
import { mebibytes } from '../../core/units.ts';
import type { LeaseBook } from '../../leases/lease-book.ts';
import type { RunContext } from '../environment.ts';
import type { NodeBehaviour, NodeSpec, RoleSpec, VirtualMachine } from '../node.ts';
import { type MemoryOptions, memoryEnvironment } from './memory-environment.ts';

const ROLE: RoleSpec = {
  role: 'store',
  count: 2,
  countMax: 3,
  ports: [
    { name: 'main', from: ['peer', 'load', 'check'] },
    { name: 'admin', from: ['check'] },
  ],
  volumes: ['data'],
  memory: mebibytes(1),
};

/** Remembers how it was treated, and counts its boots in its volume. */
class Diary implements NodeBehaviour {
  readonly heard: string[] = [];
  machine: VirtualMachine | undefined;
  boot(machine: VirtualMachine): void {
    this.machine = machine;
    const files = machine.volumes.get('data') as Map<string, string>;
    const boots = Number(files.get('meta/boots') ?? '0') + 1;
    files.set('meta/boots', String(boots));
    files.set('other', 'x');
    machine.log(`boot ${boots} at ${machine.clock.now()}`);
    this.heard.push('boot');
  }
  die(signal: string): void {
    this.heard.push(signal);
  }
}

const noLeases: LeaseBook = {
  intend: () => {
    throw new Error('the memory environment takes no leases');
  },
  held: () => [],
};

const undone: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of undone.splice(0).reverse()) await undo();
});

async function launched(options: MemoryOptions = {}) {
  const environment = memoryEnvironment(options);
  const directory = mkdtempSync(join(tmpdir(), 'highwater-memory-'));
  const scope: Scope = openScope('run', environment.clock);
  undone.push(
    () => rmSync(directory, { recursive: true, force: true }),
    async () => environment[Symbol.asyncDispose](),
  );
  const run: RunContext = {
    run: 'r1',
    directory,
    scope,
    leases: noLeases,
    signal: scope.signal,
    progress: () => {},
  };
  const book = await environment.reserve([ROLE], run);
  const diaries = [new Diary(), new Diary()] as const;
  const specs = diaries.map(
    (virtual, index): NodeSpec => ({
      id: `store-${index + 1}`,
      role: 'store',
      software: { name: 'diary', version: '1' },
      start: { virtual },
      files: {},
    }),
  );
  const launch = () => environment.launch(specs, book, run);
  return { environment, run, scope, book, diaries, launch };
}

describe('the memory environment', () => {
  it('gives every node, port and vantage an address of its own, for all that may ever be', async () => {
    const { book } = await launched();
    expect(book.nodesOf('store')).toEqual(['store-1', 'store-2', 'store-3']);
    const addresses = book
      .nodesOf('store')
      .flatMap((node) => [
        ...(['peer', 'load', 'check'] as const).map((from) => book.at(node, 'main', from)),
        book.at(node, 'admin', 'check'),
      ]);
    expect(new Set(addresses.map(({ host, port }) => `${host}:${port}`)).size).toBe(12);
    expect(() => book.at('store-1', 'admin', 'load')).toThrow('no port "admin" for load');
    expect(() => book.at('store-4', 'main', 'load')).toThrow('no addresses were reserved');
  });

  it('boots nodes on its own clock and writes what they say to the run directory', async () => {
    const { environment, run, launch } = await launched();
    await environment.clock.sleep(seconds(3));
    const [first] = await launch();
    expect(await first?.look(run.signal)).toMatchObject({ state: 'up', ended: null });
    expect(first?.logFile).toBe(join(run.directory, 'logs', 'store-1.log'));
    expect(readFileSync(first?.logFile as string, 'utf8')).toBe('boot 1 at 3005\n');
    expect(existsSync(join(run.directory, 'logs', 'store-2.log'))).toBe(true);
  });

  it('keeps volumes over a kill and gives the next life another incarnation', async () => {
    const { run, diaries, launch } = await launched();
    const [node] = await launch();
    const process = node?.control('process');
    const before = await node?.look(run.signal);
    await process?.kill('SIGKILL');
    await process?.kill('SIGKILL');
    expect(await node?.look(run.signal)).toEqual({
      state: 'down',
      incarnation: null,
      ended: 'signal SIGKILL',
    });
    const next = await process?.start(run.signal);
    expect((await node?.look(run.signal))?.incarnation).toBe(next);
    expect(next).not.toBe(before?.incarnation);
    expect(diaries[0].heard).toEqual(['boot', 'SIGKILL', 'boot']);
    const volumes = node?.control('volumes');
    expect(await volumes?.read('data', 'meta/boots')).toEqual(Buffer.from('2'));
  });

  it('tells a node which signal ends it', async () => {
    const { diaries, launch } = await launched();
    const [, second] = await launch();
    await second?.control('process')?.kill('SIGTERM');
    expect(diaries[1].heard).toEqual(['boot', 'SIGTERM']);
  });

  it('wipes a folder of a node that is down, and nothing beside it', async () => {
    const { launch } = await launched();
    const [node] = await launch();
    const volumes = node?.control('volumes');
    await expect(volumes?.wipe('data')).rejects.toThrow('not wiped under it');
    await node?.control('process')?.kill('SIGKILL');
    await volumes?.wipe('data', 'meta');
    expect(await volumes?.list('data')).toEqual([{ path: 'other', bytes: 1 }]);
    expect(await volumes?.list('data', 'meta')).toEqual([]);
    await expect(volumes?.read('data', 'meta/boots')).rejects.toThrow('no file "meta/boots"');
    await expect(volumes?.list('nope')).rejects.toThrow('no volume "nope"');
  });

  it('dumps threads of a node that runs, under its own name, and of no other', async () => {
    const { run, launch } = await launched();
    const [node] = await launch();
    const threads = node?.control('threads');
    expect(await threads?.dump(run.signal)).toContain('virtual node store-1');
    await node?.control('process')?.kill('SIGKILL');
    await expect(threads?.dump(run.signal)).rejects.toThrow('it is down');
  });

  it('leaves nothing behind when the scope closes, and says what it holds until then', async () => {
    const { environment, run, scope, diaries, launch } = await launched();
    await launch();
    expect((await environment.census(run)).map(({ kind }) => kind)).toEqual([
      'process',
      'process',
      'address-block',
    ]);
    expect((await scope.close()).failures).toBe(0);
    expect(await environment.census(run)).toEqual([]);
    expect(diaries.map(({ heard }) => heard.at(-1))).toEqual(['SIGKILL', 'SIGKILL']);
  });

  it('boots nobody after the scope closed in the middle of a launch', async () => {
    const { environment, run, scope, diaries, launch } = await launched();
    const launching = launch();
    await scope.close();
    await expect(launching).rejects.toThrow('closed');
    await environment.clock.sleep(seconds(1));
    expect(diaries.flatMap(({ heard }) => heard)).toEqual([]);
    expect(await environment.census(run)).toEqual([]);
  });

  it('refuses what it cannot do before anything is started', async () => {
    const { environment, run } = await launched({ software: ['diary'] });
    const shortfalls = await environment.preflight(
      {
        capabilities: ['process.kill', 'cleanup.kernel'],
        software: [
          { name: 'diary', version: '1' },
          { name: 'postgres', version: '18' },
        ],
        memory: 0,
        disk: 0,
      },
      run.signal,
    );
    expect(shortfalls.map(({ what, kind }) => `${kind}: ${what}`)).toEqual([
      'refused: the memory environment does not offer cleanup.kernel',
      'refused: the memory environment cannot start postgres',
    ]);
  });
});

describe('a memory environment that is told to fail its duty', () => {
  it('pretends to kill, to start and to wipe', async () => {
    const { run, launch } = await launched({ sabotage: { killDoesNothing: true } });
    const [node] = await launch();
    await node?.control('process')?.kill('SIGKILL');
    expect((await node?.look(run.signal))?.state).toBe('up');

    const other = await launched({ sabotage: { startDoesNothing: true, wipeDoesNothing: true } });
    const [victim] = await other.launch();
    await victim?.control('process')?.kill('SIGKILL');
    await victim?.control('volumes')?.wipe('data');
    await victim?.control('process')?.start(other.run.signal);
    expect((await victim?.look(other.run.signal))?.state).toBe('down');
    expect(await victim?.control('volumes')?.list('data')).toHaveLength(2);
  });

  it('cannot launch a node, and ends the others with the scope', async () => {
    const { environment, run, scope, launch } = await launched({
      sabotage: { launchFailsFor: 'store-2' },
    });
    await expect(launch()).rejects.toMatchObject({ code: 'ENV_NOT_READY' });
    await scope.close();
    expect(await environment.census(run)).toEqual([]);
  });

  it('lets a node die by itself', async () => {
    const { environment, run, launch } = await launched({
      sabotage: { dies: { node: 'store-1', after: seconds(2) } },
    });
    const [node] = await launch();
    await environment.clock.sleep(ms(1_999));
    expect((await node?.look(run.signal))?.state).toBe('up');
    await environment.clock.sleep(ms(2));
    expect((await node?.look(run.signal))?.state).toBe('down');
  });

  it('leaves a node running, which the census sees, as well as what was planted', async () => {
    const planted = { kind: 'folder', what: '/tmp/of-somebody' } as const;
    const { environment, run, scope, launch } = await launched({
      sabotage: { forgetsToStop: ['store-2'], leftovers: [planted] },
    });
    await launch();
    await scope.close();
    expect(await environment.census(run)).toEqual([
      { kind: 'process', what: 'virtual node store-2' },
      { kind: 'address-block', what: 'r1' },
      planted,
    ]);
  });
});
