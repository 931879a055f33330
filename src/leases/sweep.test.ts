import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../core/json.ts';
import { type Folders, foldersOf } from './folders.ts';
import type { LeaseKind } from './lease-book.ts';
import { parseLeaseFile, showLeaseLine } from './lease-file.ts';
import { takeLock } from './lock-file.ts';
import { identityJson, identityOf, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { showSwept, sweep } from './sweep.ts';

let root = '';
let folders: Folders;
const children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-sweep-'));
  folders = foldersOf({
    HIGHWATER_CACHE: join(root, 'cache'),
    HIGHWATER_LOCKS: join(root, 'locks'),
  });
  for (const folder of [folders.work, folders.live, folders.locks]) {
    mkdirSync(folder, { recursive: true });
  }
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(root, { recursive: true });
});

const DEAD: ProcessIdentity = { ...ownIdentity(), start: '1' };

/** An entry as a run would have written it up to its death. */
function entry(
  run: string,
  owner: ProcessIdentity,
  held: readonly (readonly [LeaseKind, JsonObject])[],
): { live: string; file: string } {
  const live = join(folders.live, `${run}.ndjson`);
  const file = join(root, run, 'leases.ndjson');
  const lines = held.flatMap(([kind, what], index) => [
    showLeaseLine({ lease: `${index}`, act: 'intent', kind, what }),
    showLeaseLine({ lease: `${index}`, act: 'acquired', what }),
  ]);
  const text = [showLeaseLine({ version: 1, run, owner, file }), ...lines].join('');
  mkdirSync(join(root, run));
  writeFileSync(live, text);
  writeFileSync(file, text);
  return { live, file };
}

function sleeper(): { child: ChildProcess; who: ProcessIdentity } {
  const child = spawn('sleep', ['300']);
  children.push(child);
  const who = identityOf(child.pid ?? 0);
  if (who === null) throw new Error('sleep did not start');
  return { child, who };
}

const workFolder = (name: string): string => {
  const path = join(folders.work, name);
  mkdirSync(join(path, 'broker-1', 'data'), { recursive: true });
  writeFileSync(join(path, 'broker-1', 'data', 'file'), 'x');
  return path;
};
const lockOf = (name: string, run: string, owner: ProcessIdentity): string => {
  const path = join(folders.locks, name);
  takeLock(path, { run, owner, leases: join(folders.live, `${run}.ndjson`) });
  return path;
};

describe('a sweep', () => {
  it('frees process, folder and address block of a dead run, and its entry', async () => {
    const { child, who } = sleeper();
    const path = workFolder('r1');
    const lock = lockOf('127.16.0.lock', 'r1', DEAD);
    const { live, file } = entry('r1', DEAD, [
      ['address-block', { lock, block: '127.16.0' }],
      ['folder', { path }],
      ['process', { label: 'broker-1', ...identityJson(who) }],
    ]);
    const ended = once(child, 'exit');
    const { swept, alive } = await sweep({ folders, dryRun: false });
    expect(swept.map((each) => [each.kind, each.what, each.state, each.note])).toEqual([
      ['process', `broker-1 (pid ${who.pid})`, 'freed', null],
      ['folder', path, 'freed', null],
      ['address-block', '127.16.0', 'freed', null],
      ['entry', live, 'freed', null],
    ]);
    expect(alive).toEqual([]);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect([path, lock, live].filter(existsSync)).toEqual([]);
    expect(parseLeaseFile(readFileSync(file, 'utf8'))?.held).toEqual([]);
    expect(await sweep({ folders, dryRun: false })).toEqual({ swept: [], alive: [] });
  });

  it('only tells what it would do when it is dry', async () => {
    const { child, who } = sleeper();
    const path = workFolder('r1');
    entry('r1', DEAD, [
      ['folder', { path }],
      ['process', { label: 'broker-1', ...identityJson(who) }],
    ]);
    const { swept } = await sweep({ folders, dryRun: true });
    expect(swept.map(showSwept)).toEqual([
      `would free: process broker-1 (pid ${who.pid}) of run r1`,
      `would free: folder ${path} of run r1`,
      `would free: entry ${join(folders.live, 'r1.ndjson')} of run r1`,
    ]);
    expect(existsSync(path)).toBe(true);
    expect(child.signalCode).toBeNull();
    expect(swept).toHaveLength(3);
  });

  it('touches nothing of a run whose owner lives, or cannot be judged', async () => {
    const { child, who } = sleeper();
    const paths = [workFolder('r1'), workFolder('r2')];
    const process = ['process', { label: 'a', ...identityJson(who) }] as const;
    entry('r1', ownIdentity(), [['folder', { path: paths[0] ?? '' }], process]);
    entry('r2', { ...DEAD, space: 'pid:[1]' }, [['folder', { path: paths[1] ?? '' }], process]);
    const lock = lockOf('127.17.0.lock', 'r1', ownIdentity());
    expect(await sweep({ folders, dryRun: false })).toEqual({ swept: [], alive: ['r1', 'r2'] });
    expect([...paths, lock].filter(existsSync)).toHaveLength(3);
    expect(child.signalCode).toBeNull();
  });

  it('does not kill a process that has the pid of one that is gone', async () => {
    const { child, who } = sleeper();
    entry('r1', DEAD, [['process', { label: 'a', ...identityJson({ ...who, start: '7' }) }]]);
    const { swept } = await sweep({ folders, dryRun: false });
    expect(swept[0]).toMatchObject({ state: 'freed', note: 'it was gone' });
    expect(child.signalCode).toBeNull();
  });

  it('deletes no folder that is not directly below ours, and says so', async () => {
    const outside = join(root, 'precious');
    mkdirSync(outside);
    const paths = [outside, folders.work, join(folders.work, '..'), join(folders.work, 'a/b'), ''];
    const { live } = entry(
      'r1',
      DEAD,
      paths.map((path) => ['folder', { path }] as const),
    );
    const { swept } = await sweep({ folders, dryRun: false });
    expect(swept.map(({ state }) => state)).toEqual(paths.map(() => 'failed'));
    expect([outside, folders.work, live].filter(existsSync)).toHaveLength(3);
  });

  it('leaves folders in the work folder that no lease names', async () => {
    const [mine, other] = [workFolder('r1'), workFolder('r1-copy')];
    entry('r1', DEAD, [['folder', { path: mine }]]);
    await sweep({ folders, dryRun: false });
    expect([existsSync(mine), existsSync(other)]).toEqual([false, true]);
  });

  it('leaves a block that another run has taken over meanwhile', async () => {
    const lock = lockOf('127.16.0.lock', 'r2', ownIdentity());
    entry('r1', DEAD, [['address-block', { lock, block: '127.16.0' }]]);
    const { swept } = await sweep({ folders, dryRun: false });
    expect(swept[0]).toMatchObject({ state: 'freed', note: 'run r2 has it now' });
    expect(existsSync(lock)).toBe(true);
  });

  it('frees locks of dead owners whose entry is lost', async () => {
    const lock = lockOf('127.16.0.lock', 'r9', DEAD);
    const { swept } = await sweep({ folders, dryRun: false });
    expect(swept.map(showSwept)).toEqual([`freed: lock ${lock} of run r9`]);
    expect(existsSync(lock)).toBe(false);
  });

  it('reads an entry up to where its writer died', async () => {
    const path = workFolder('r1');
    const { live } = entry('r1', DEAD, [['folder', { path }]]);
    writeFileSync(live, `${readFileSync(live, 'utf8')}{"lease":"2","act":"in`);
    await sweep({ folders, dryRun: false });
    expect([path, live].filter(existsSync)).toEqual([]);
  });

  it('does not take a half-written young entry for that of a dead run', async () => {
    const live = join(folders.live, 'young.ndjson');
    writeFileSync(live, '');
    await sweep({ folders, dryRun: false });
    expect(existsSync(live)).toBe(true);
  });
});
