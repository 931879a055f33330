import { describe, expect, it } from 'vitest';
import { loadImages } from './load-images.ts';
import { fakeRun } from './testing/fake-run.ts';

const { signal } = new AbortController();
const progress = () => {};
const clusterOf = (uid: string) => ({
  name: 'a',
  kubeconfig: '',
  context: 'kind-a',
  kubeSystemUid: uid,
  caSha256: '',
});

describe('loading images', () => {
  it('takes those that docker has, all at once, and each only once', async () => {
    const { run, given } = fakeRun({
      'docker image inspect --format {{.Id}} x:1': 'sha256:1',
      'docker image inspect --format {{.Id}} y:1': 'sha256:2',
      'kind load docker-image': '',
    });
    const load = (...references: readonly string[]) =>
      loadImages(clusterOf('once'), references, { run, signal, progress });
    expect(await load('x:1', 'none:1', 'y:1', 'x:1')).toEqual(['x:1', 'y:1']);
    expect(given.at(-1)).toBe('kind load docker-image --name a x:1 y:1');
    given.length = 0;
    expect(await load('y:1')).toEqual(['y:1']);
    expect(given).toEqual([]);
  });

  it('leaves everything to the kubelet where docker has nothing', async () => {
    const { run, given } = fakeRun({});
    expect(await loadImages(clusterOf('none'), ['x:1'], { run, signal, progress })).toEqual([]);
    expect(given).toEqual(['docker image inspect --format {{.Id}} x:1']);
  });

  it('that failed is tried again', async () => {
    const { run } = fakeRun({
      'docker image inspect': 'sha256:1',
      'kind load': { fails: 'ERROR: no nodes found for cluster "a"' },
    });
    const load = () => loadImages(clusterOf('again'), ['x:1'], { run, signal, progress });
    const why = { message: expect.stringContaining('no nodes found') as string };
    await expect(load()).rejects.toMatchObject(why);
    await expect(load()).rejects.toMatchObject(why);
  });
});
