import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldersOf } from '../../leases/folders.ts';
import { openLeaseBook } from '../../leases/open-lease-book.ts';
import { ownIdentity } from '../../leases/process-identity.ts';
import {
  chooseSystem,
  liveSystems,
  refuseLongPath,
  socketOf,
  systemToAsk,
  type UpState,
  upRun,
  writeState,
} from './state.ts';

let root = '';
let folders: ReturnType<typeof foldersOf>;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hw-up-'));
  folders = foldersOf({ HIGHWATER_CACHE: root });
});
afterEach(() => rmSync(root, { recursive: true }));

/** Puts up a system on paper: leases of this process, and its state when it is ready. */
function putUp(name: string, ready = true): string {
  const run = upRun(name, new Date(Date.UTC(2026, 0, 1)));
  const leases = openLeaseBook(join(root, run, 'leases.ndjson'), { run, live: folders.live });
  leases.intend('folder', { path: join(folders.work, run) });
  mkdirSync(join(folders.work, run), { recursive: true });
  const card = { kind: 'kafka 4.3.1', topics: [], bootstrap: { load: [], check: [] }, nodes: [] };
  const rest = { since: '2026-01-01', environment: 'local', profile: 'fast', suite: '' };
  const state: UpState = { version: 1, name, run, ...rest, directory: root, ...card };
  if (ready) writeState(folders, state);
  return run;
}

describe('systems that are up', () => {
  it('are found by the leases that their conductor holds, with its identity', () => {
    const run = putUp('dev');
    expect(liveSystems(folders)).toEqual([
      {
        name: 'dev',
        run,
        owner: ownIdentity(),
        liveness: 'alive',
        state: expect.objectContaining({ run, kind: 'kafka 4.3.1' }),
        socket: socketOf(folders, run),
      },
    ]);
  });

  it('are not asked before they are ready', () => {
    putUp('slow', false);
    expect(liveSystems(folders)[0]?.state).toBe(null);
    expect(() => systemToAsk(folders, 'slow')).toThrow('"slow" is not ready yet');
  });

  it('are none where none was ever put up, and runs of suites are not among them', () => {
    expect(liveSystems(folders)).toEqual([]);
    mkdirSync(folders.live, { recursive: true });
    writeFileSync(join(folders.live, '2026-01-01T000000-leader-down-1-aa.ndjson'), '{}\n');
    writeFileSync(join(folders.live, 'up-cut-short-abc.ndjson'), '{"version":1,');
    expect(liveSystems(folders)).toEqual([]);
    expect(() => systemToAsk(folders, undefined)).toThrow('nothing is up');
  });

  it('are told apart by name, which may be left out while there is one only', () => {
    putUp('one');
    expect(chooseSystem(liveSystems(folders), undefined)?.name).toBe('one');
    putUp('two');
    expect(chooseSystem(liveSystems(folders), 'two')?.name).toBe('two');
    expect(chooseSystem(liveSystems(folders), 'three')).toBe(null);
    expect(() => chooseSystem(liveSystems(folders), undefined)).toThrow('say which one');
  });

  it('are refused where their socket could not be made', () => {
    const far = foldersOf({ HIGHWATER_CACHE: `/${'x'.repeat(90)}` });
    expect(() => refuseLongPath(far, 'up-dev-1')).toThrow('103 is the most');
    expect(() => refuseLongPath(folders, 'up-dev-1')).not.toThrow();
  });
});
