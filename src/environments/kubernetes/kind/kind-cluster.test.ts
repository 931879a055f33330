import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../core/clock.ts';
import { virtualClock } from '../../../core/virtual-clock.ts';
import { foldersOf } from '../../../leases/folders.ts';
import { takeLock } from '../../../leases/lock-file.ts';
import { openLeaseBook } from '../../../leases/open-lease-book.ts';
import { ownIdentity } from '../../../leases/process-identity.ts';
import { kindFilesOf, writeDescriptor } from './descriptor.ts';
import { ensureKindCluster, kindClusterName } from './kind-cluster.ts';
import { DESCRIPTOR } from './testing/a-descriptor.ts';
import { fakeRun, kubeconfigOf, type Script } from './testing/fake-run.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-kind-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const foldersHere = () =>
  foldersOf({ HIGHWATER_CACHE: join(root, 'cache'), HIGHWATER_LOCKS: join(root, 'locks') });

/** Ensures a cluster "a" with commands that are only played; tells what was given and told. */
function ensure(script: Script, more: { signal?: AbortSignal; clock?: Clock } = {}) {
  const { run, given } = fakeRun(script);
  const told: string[] = [];
  const progress = (doing: string): unknown => told.push(doing);
  const { signal } = new AbortController();
  const options = { name: 'a', folders: foldersHere(), env: {}, signal, run, ...more };
  return { done: ensureKindCluster({ ...options, progress }), given, told };
}

const describeCluster = (authority: string) =>
  writeDescriptor(kindFilesOf(foldersHere().cache, 'a').descriptor, {
    ...DESCRIPTOR,
    caSha256: createHash('sha256').update(authority).digest('hex'),
  });

/** What docker says of the two nodes, both of which last started so. */
const nodes = (startedAt: string, ids = DESCRIPTOR.containers) => ({
  'docker ps': ids.join('\n'),
  'docker inspect': ids.map((id) => `${id} /a-${id} running ${startedAt}\n`).join(''),
});
const AS_MADE = '2025-12-31T23:59:00.123456789Z';
const LATER = '2026-01-02T00:00:00.123456789Z';

describe('a cluster that we did not make', () => {
  it('is refused when no descriptor tells of it, and nothing is done to it', async () => {
    const { done, given } = ensure({ 'kind get clusters': 'a\nb\n' });
    await expect(done).rejects.toMatchObject({
      code: 'TARGET_REFUSED',
      message: `kind cluster a is not ours: nothing in ${join(root, 'cache/kind/a.json')} says that we made it`,
      hint: expect.stringContaining('HIGHWATER_KIND_CLUSTER') as string,
    });
    expect(given).toEqual(['kind get clusters']);
    expect(readdirSync(join(root, 'locks'))).toEqual([]);
  });

  it('is refused when another authority vouches for it', async () => {
    await describeCluster('ours');
    const { done } = ensure({
      'kind get clusters': 'a\n',
      ...nodes(AS_MADE),
      'kind get kubeconfig': kubeconfigOf('a', 'theirs'),
    });
    await expect(done).rejects.toMatchObject({
      code: 'TARGET_REFUSED',
      message: `kind cluster a is not ours: it is not the one that ${join(root, 'cache/kind/a.json')} tells of`,
    });
    expect(existsSync(join(root, 'cache/kind/a.kubeconfig'))).toBe(false);
  });

  it('is refused when it has a container that is none of ours, whatever became of it', async () => {
    await describeCluster('ours');
    const { done, given } = ensure({
      'kind get clusters': 'a\n',
      ...nodes(LATER, ['id0', 'id2']),
    });
    await expect(done).rejects.toMatchObject({
      code: 'TARGET_REFUSED',
      message: `kind cluster a is not ours: ${join(root, 'cache/kind/a.json')} knows nothing of its container a-id2`,
    });
    expect(given.filter((line) => line.startsWith('kind delete'))).toEqual([]);
  });

  it('is refused when its server is elsewhere', async () => {
    await describeCluster('ours');
    const { done } = ensure({
      'kind get clusters': 'a\n',
      'kind get kubeconfig': kubeconfigOf('a', 'ours', 'https://10.0.0.1:6443'),
    });
    await expect(done).rejects.toMatchObject({
      code: 'TARGET_REFUSED',
      message: 'kind cluster a is not ours: its server is https://10.0.0.1:6443, not here',
    });
  });
});

describe('a cluster of ours', () => {
  it('that did not survive a restart of its engine is deleted, and made anew', async () => {
    await describeCluster('ours');
    using clock = virtualClock();
    const script = {
      'kind get clusters': 'a\n',
      ...nodes(LATER),
      'kind delete cluster': '',
      'kind create cluster': { fails: 'ERROR: failed to create cluster: no space left\n' },
    };
    const { done, given, told } = ensure(script, { clock });
    await expect(done).rejects.toMatchObject({ code: 'ENV_NOT_READY' });
    expect(told.slice(0, 2)).toEqual([
      'deleting kind cluster a, which is of no use any more: a-id0, a-id1 started again since it was made, as by a restart of the engine',
      'making kind cluster a',
    ]);
    expect(given.map((line) => line.split(' ', 2).join(' ')).slice(0, 5)).toEqual([
      ...['kind get', 'docker ps', 'docker inspect', 'kind delete', 'kind create'],
    ]);
  });

  it('is let be, broken or not, while a run that lives has something there', async () => {
    await describeCluster('ours');
    const { live } = foldersHere();
    const owner = { run: 'r', owner: ownIdentity(), live };
    const book = openLeaseBook(join(root, 'leases.ndjson'), owner);
    book.intend('namespace', { kubeSystemUid: DESCRIPTOR.kubeSystemUid });
    const { done, given } = ensure({ 'kind get clusters': 'a\n', ...nodes(LATER) });
    await expect(done).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: expect.stringMatching(/restart of the engine; and r is not over there$/) as string,
      hint: expect.stringContaining('highwater down') as string,
    });
    expect(given.filter((line) => line.startsWith('kind delete'))).toEqual([]);
  });

  it('that could not be made leaves nothing', async () => {
    using clock = virtualClock();
    const script = {
      'kind get clusters': '',
      'kind create cluster': { fails: 'ERROR: failed to create cluster: no space left\n' },
    };
    const { done, given, told } = ensure(script, { clock });
    await expect(done).rejects.toMatchObject({
      code: 'ENV_NOT_READY',
      message: expect.stringMatching(/: failed to create cluster: no space left$/) as string,
    });
    expect(told).toEqual(['making kind cluster a', 'deleting what was made of kind cluster a']);
    expect(given.filter((line) => line.startsWith('kind delete'))).toEqual([]);
    expect(readdirSync(join(root, 'cache/kind'))).toEqual([]);
    expect(readdirSync(join(root, 'locks'))).toEqual([]);
  });

  it('that somebody else made meanwhile is not deleted', async () => {
    const { done, told } = ensure({
      'kind get clusters': '',
      'kind create cluster': {
        fails:
          'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "a"',
      },
    });
    await expect(done).rejects.toMatchObject({ code: 'ENV_NOT_READY' });
    expect(told).toEqual(['making kind cluster a']);
  });
});

describe('two at the same time', () => {
  it('take turns', async () => {
    const holder = { run: 'other', owner: ownIdentity(), leases: '' };
    const lock = takeLock(join(root, 'locks', 'kind-a.lock'), holder);
    const giveUp = new AbortController();
    const { done, given, told } = ensure({}, { signal: giveUp.signal });
    expect(told).toEqual([`process ${process.pid} is at kind cluster a; waiting for it`]);
    giveUp.abort(new Error('enough'));
    await expect(done).rejects.toThrow('enough');
    expect(given).toEqual([]);
    lock?.release();
  });
});

describe('the name of the cluster', () => {
  it('is highwater unless told', () => {
    expect(kindClusterName({})).toBe('highwater');
    expect(kindClusterName({ HIGHWATER_KIND_CLUSTER: 'other.1' })).toBe('other.1');
  });

  it.each(['-a', '../a', 'A', 'a/b', 'x'.repeat(50)])('is not %s', (name) => {
    expect(() => kindClusterName({ HIGHWATER_KIND_CLUSTER: name })).toThrow(
      `"${name}" is no name of a kind cluster`,
    );
  });
});
