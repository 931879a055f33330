import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../src/core/progress.ts';
import { kindFilesOf, readDescriptor } from '../../src/environments/kubernetes/kind/descriptor.ts';
import { kindClusterName } from '../../src/environments/kubernetes/kind/kind-cluster.ts';
import { kubernetesEnvironment } from '../../src/environments/kubernetes/kubernetes-environment.ts';
import { foldersOf } from '../../src/leases/folders.ts';
import { composition, environmentNamed } from '../../src/registry.ts';
import { type Conducted, conduct, planOrThrow } from '../../src/scenario/conduct.ts';
import { provideImages } from '../container/support/kafka-images.ts';
import { firstOf } from '../integration/support/first-of.ts';
import { why } from '../integration/support/whole-run.ts';
import { testTarget } from './support/cluster.ts';

/** Suites of the repository, as they are, on Kubernetes. */
const out = mkdtempSync(join(tmpdir(), 'highwater-kubernetes-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
beforeAll(() =>
  provideImages(
    { software: 'kafka', version: '4.3.1' },
    { software: 'kafka', version: '3.9.1' },
    { software: 'zookeeper', version: '3.9.5' },
  ),
);

const never = new AbortController().signal;
const name = kindClusterName(process.env);

/** By what a cluster is known from one of the same name. */
async function kindUid(): Promise<string | undefined> {
  const { descriptor } = kindFilesOf(foldersOf(process.env).cache, name);
  return (await readDescriptor(descriptor))?.kubeSystemUid;
}
const shared = { seed: 'kubernetes', profile: 'fast', control: false } as const;

async function runIn(suite: string, kafka = {}): Promise<Conducted> {
  await using environment = kubernetesEnvironment();
  return await conduct((await firstOf(suite)).scenario, composition, {
    ...shared,
    environment,
    overrides: { kafka },
    suite,
    out,
    progress: silentProgress,
    signal: never,
    interrupt: never,
  });
}

describe('a suite on Kubernetes', () => {
  it('holds: failover/leader-down, on a cluster that has to be made anew (decision 0028)', async () => {
    await testTarget();
    const before = await kindUid();
    // As after a restart of the engine, whichever addresses the containers get.
    execFileSync('docker', ['restart', '--time', '0', `${name}-worker`], { timeout: 60_000 });
    const conducted = await runIn('failover/leader-down');
    expect(conducted.result.outcome, why(conducted)).toBe('pass');
    expect(await kindUid()).not.toBe(before);
  });

  // failover/leader-isolated: by an account with nothing but its roles, in least-privilege.
  it('holds: failover/leader-down with 3.9.1 and ZooKeeper', async () => {
    const conducted = await runIn('failover/leader-down', { version: '3.9.1', mode: 'zookeeper' });
    expect(conducted.result.outcome, why(conducted)).toBe('pass');
  });

  it.each(['failover/leader-down', 'failover/leader-isolated'])(
    'has the same plan as everywhere, but for the name of the environment: %s',
    async (suite) => {
      const found = await firstOf(suite);
      const plans = await Promise.all(
        ['local', 'container', 'kubernetes'].map(async (name) => {
          await using environment = environmentNamed(name, {});
          const options = { ...shared, environment, suite };
          return planOrThrow(found.scenario, composition, options).plan;
        }),
      );
      const [local, ...others] = plans;
      expect(others.map((plan) => plan.environment)).toEqual(['container', 'kubernetes']);
      for (const plan of others) expect({ ...plan, environment: 'local' }).toEqual(local);
    },
  );

  it('is refused where it needs what is not on offer, with the reason', async () => {
    await using environment = kubernetesEnvironment();
    const { scenario, suite } = await firstOf('failover/disk-full');
    const planning = () => planOrThrow(scenario, composition, { ...shared, environment, suite });
    expect(planning).toThrow(/volume\.limit/);
  });
});
