import { beforeAll, describe, expect, it } from 'vitest';
import { freeNamespace } from '../../src/environments/kubernetes/free-namespace.ts';
import type { Target } from '../../src/environments/kubernetes/target/target.ts';
import { testTarget } from './support/cluster.ts';

/** What a sweep makes of the lease of a run whose cluster may be another one by now. */
let target: Target;
beforeAll(async () => {
  target = await testTarget();
});
const leased = () => ({
  ...target.lease,
  namespace: 'highwater-never-made',
  label: 'never-made',
  ownsNamespace: true,
});
const OTHER = { kubeSystemUid: '00000000-0000-4000-8000-000000000000' };

describe('the lease of a namespace', () => {
  it('is given back where nothing is left', async () => {
    expect(await freeNamespace(leased())).toBe('nothing was there');
  });

  it('went with a cluster of ours that was made anew, or is no more', async () => {
    expect(await freeNamespace({ ...leased(), ...OTHER })).toBe('gone with its cluster');
    const none = { kubeconfig: '/nowhere/kubeconfig' };
    expect(await freeNamespace({ ...leased(), ...none })).toBe('gone with its cluster');
  });

  it('is kept where the cluster of somebody else is another one now', async () => {
    const foreign = { ...leased(), ...OTHER, isOurs: false };
    await expect(freeNamespace(foreign)).rejects.toThrow(/another cluster is there now/);
    const { label: _, ...nameless } = leased();
    await expect(freeNamespace(nameless)).rejects.toThrow(/does not say which run/);
  });
});
