import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../../leases/lock-file.ts';
import { ownIdentity } from '../../../leases/process-identity.ts';
import { cachedDistribution, type ProvideOptions, provideDistribution } from './distribution.ts';
import { distributionKey } from './pom.ts';
import { isSoftwareCached, rememberSoftware } from './software-index.ts';

const JARS = ['org.example:server:1.2.3'];
let root = '';
let calls: string[] = [];
const told: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-dist-'));
  mkdirSync(join(root, 'drafts'));
  calls = [];
  told.length = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

/** Maven's part played by copying the given names. */
const copies =
  (...names: readonly string[]): ProvideOptions['maven'] =>
  async (argv, cwd) => {
    calls.push(argv.join(' '));
    for (const name of names) writeFileSync(join(cwd, 'lib', name), '');
  };

const options = (maven: ProvideOptions['maven'], signal = new AbortController().signal) => ({
  cache: root,
  drafts: join(root, 'drafts'),
  run: 'r1',
  signal,
  progress: (doing: string) => told.push(doing),
  maven,
});

describe('providing a distribution', () => {
  it('asks Maven once; later the jars come from the cache in the same order', async () => {
    expect(await cachedDistribution(root, JARS)).toBeNull();
    const first = await provideDistribution(JARS, options(copies('b.jar', 'a.jar', 'note.txt')));
    expect(first.classPath.map((path) => path.slice(first.folder.length))).toEqual([
      '/lib/a.jar',
      '/lib/b.jar',
    ]);
    expect(await provideDistribution(JARS, options(copies('c.jar')))).toEqual(first);
    expect(calls).toHaveLength(1);
    expect(told).toEqual(['resolving org.example:server:1.2.3 from Maven (first time only)']);
    expect(readdirSync(join(root, 'drafts'))).toEqual([]);
  });

  it('leaves nothing in the cache when Maven fails, so that the next one tries again', async () => {
    const fails: ProvideOptions['maven'] = async (_, cwd) => {
      writeFileSync(join(cwd, 'lib', 'a.jar'), '');
      throw new Error('no such version');
    };
    await expect(provideDistribution(JARS, options(fails))).rejects.toThrow('no such version');
    expect(await cachedDistribution(root, JARS)).toBeNull();
    expect(readdirSync(join(root, 'locks'))).toEqual([]);
    await provideDistribution(JARS, options(copies('a.jar')));
    expect(await cachedDistribution(root, JARS)).not.toBeNull();
  });

  it('takes an empty result for a failure', async () => {
    await expect(provideDistribution(JARS, options(copies()))).rejects.toThrow(/copied no jar/);
  });

  it('waits for another run that is at it, and then uses what that run made', async () => {
    const path = join(root, 'locks', `${distributionKey(JARS)}.lock`);
    const lock = takeLock(path, { run: 'r2', owner: ownIdentity(), leases: '' });
    const asked = provideDistribution(JARS, {
      ...options(copies('mine.jar')),
      progress: (doing) => {
        if (told.push(doing) > 1) return;
        mkdirSync(join(root, 'distributions', distributionKey(JARS), 'lib'), { recursive: true });
        lock?.release();
      },
    });
    expect((await asked).classPath).toEqual([]);
    expect(told[0]).toBe('run r2 is resolving org.example:server:1.2.3 from Maven; waiting for it');
    expect(calls).toEqual([]);
  });

  it('stops waiting when its run is aborted', async () => {
    const path = join(root, 'locks', `${distributionKey(JARS)}.lock`);
    takeLock(path, { run: 'r2', owner: ownIdentity(), leases: '' });
    const abort = new AbortController();
    const asked = provideDistribution(JARS, {
      ...options(copies('a.jar'), abort.signal),
      progress: () => abort.abort(new Error('enough')),
    });
    await expect(asked).rejects.toThrow(/enough|aborted/);
    expect(existsSync(join(root, 'distributions'))).toBe(false);
  });
});

describe('what is remembered of software', () => {
  it('tells that it can start without Maven as long as its distributions are there', async () => {
    const software = { name: 'server', version: '1.2.3' };
    expect(isSoftwareCached(root, software)).toBe(false);
    const { key, folder } = await provideDistribution(JARS, options(copies('a.jar')));
    rememberSoftware(root, software, key);
    rememberSoftware(root, software, key);
    expect(isSoftwareCached(root, software)).toBe(true);
    expect(isSoftwareCached(root, { ...software, version: '1.2.4' })).toBe(false);
    rmSync(folder, { recursive: true });
    expect(isSoftwareCached(root, software)).toBe(false);
  });
});
