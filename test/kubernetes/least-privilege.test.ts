import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject, V1Role } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentProgress } from '../../src/core/progress.ts';
import { applyObject, type Cluster } from '../../src/environments/kubernetes/cluster.ts';
import { kubernetesEnvironment } from '../../src/environments/kubernetes/kubernetes-environment.ts';
import type { Target } from '../../src/environments/kubernetes/target/target.ts';
import { composition } from '../../src/registry.ts';
import { type Conducted, conduct } from '../../src/scenario/conduct.ts';
import { provideImages } from '../container/support/kafka-images.ts';
import { firstOf } from '../integration/support/first-of.ts';
import { why } from '../integration/support/whole-run.ts';
import { testTarget } from './support/cluster.ts';

/** Runs by an account that has the roles of fixtures/kubernetes/roles.yaml, and nothing else. */
const NAMESPACE = `kafka-tests-${process.pid}`;
const ROLES = readFileSync(
  new URL('../../fixtures/kubernetes/roles.yaml', import.meta.url),
  'utf8',
);
const folder = mkdtempSync(join(tmpdir(), 'highwater-least-'));
const kubeconfig = join(folder, 'kubeconfig');
const never = new AbortController().signal;

let target: Target;
let cluster: Cluster;
let roles: readonly KubernetesObject[] = [];
beforeAll(async () => {
  await provideImages({ software: 'kafka', version: '4.3.1' });
  target = await testTarget();
  ({ cluster } = target);
  const images = ['highwater/kafka:4.3.1', process.env['HIGHWATER_IMAGE_NET'] ?? ''];
  await target.provideImages(images.filter(Boolean), { signal: never, progress: () => {} });
  const metadata = { name: NAMESPACE, annotations: { 'highwater/consent': inAnHour() } };
  await cluster.core.createNamespace({ body: { metadata } });
  roles = cluster.client.loadAllYaml(ROLES.replaceAll('kafka-tests', NAMESPACE));
  for (const role of roles) await applyObject(cluster, role);
  writeFileSync(kubeconfig, await kubeconfigOfAccount());
});
afterAll(async () => {
  await cluster.core.deleteNamespace({ name: NAMESPACE });
  for (const role of roles.filter(({ kind }) => kind?.startsWith('Cluster'))) {
    await cluster.objects.delete(role);
  }
  rmSync(folder, { recursive: true });
});

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

/** The account's own, besides one entry that is nobody's and current. */
async function kubeconfigOfAccount(): Promise<string> {
  const { status } = await cluster.core.createNamespacedServiceAccountToken({
    namespace: NAMESPACE,
    name: 'highwater',
    body: { spec: { audiences: [], expirationSeconds: 3_600 } } as never,
  });
  const server = cluster.config.getCurrentCluster();
  const own = new cluster.client.KubeConfig();
  own.loadFromOptions({
    clusters: [server],
    users: [{ name: 'highwater', token: status?.token }, { name: 'nobody' }],
    contexts: [
      { name: 'team', cluster: server?.name, user: 'highwater' },
      { name: 'nobody', cluster: server?.name, user: 'nobody' },
    ],
    currentContext: 'nobody',
  });
  return own.exportConfig();
}

const allowing = { HIGHWATER_ALLOW_CLUSTER: '', HIGHWATER_NODE_PORTS: '127.0.0.1:30900-30971' };

async function runAsAccount(
  env: Record<string, string> = {},
  foreign = { context: 'team', namespace: NAMESPACE },
): Promise<Conducted> {
  const kubeSystemUid = target.lease.kubeSystemUid;
  await using environment = kubernetesEnvironment({
    foreign,
    env: {
      ...process.env,
      ...allowing,
      HIGHWATER_ALLOW_CLUSTER: kubeSystemUid,
      KUBECONFIG: kubeconfig,
      ...env,
    },
  });
  const found = await firstOf('failover/leader-isolated');
  return await conduct(found.scenario, composition, {
    environment,
    seed: 'least',
    profile: 'fast',
    control: false,
    overrides: {},
    suite: found.suite,
    out: folder,
    progress: silentProgress,
    signal: never,
    interrupt: never,
  });
}

const inNamespace = async (): Promise<readonly string[]> => {
  const of = { namespace: NAMESPACE, labelSelector: 'highwater.run' };
  const { core, apps } = cluster;
  const lists = await Promise.all([
    apps.listNamespacedStatefulSet(of),
    core.listNamespacedPod(of),
    core.listNamespacedService(of),
    core.listNamespacedConfigMap(of),
    core.listNamespacedPersistentVolumeClaim(of),
  ]);
  return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata?.name ?? ''));
};

describe('in a namespace that agreed to it', () => {
  it('is refused by the guard where the cluster is not allowed', async () => {
    const other = '00000000-0000-4000-8000-000000000000';
    await expect(runAsAccount({ HIGHWATER_ALLOW_CLUSTER: other })).rejects.toThrow(
      /not on the allow-list/,
    );
    expect(await inNamespace()).toEqual([]);
  });

  it.each([
    ['by whoever may do everything', 'kind-highwater', NAMESPACE, /permission-everything/],
    ['in a namespace that everybody has', 'kind-highwater', 'default', /namespace-protected/],
    ['in one that is not there', 'team', 'kafka-tests-none', /namespace-there/],
  ])('is refused by the guard %s', async (_, context, namespace, rule) => {
    const own = context === 'team' ? kubeconfig : target.lease.kubeconfig;
    const run = runAsAccount({ KUBECONFIG: own }, { context, namespace });
    await expect(run).rejects.toThrow(rule);
  });

  it('is refused by the guard once the consent has run out', async () => {
    const agree = (until: string) =>
      applyObject(cluster, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: NAMESPACE, annotations: { 'highwater/consent': until } },
      });
    await agree('2020-01-01T00:00:00Z');
    try {
      await expect(runAsAccount()).rejects.toThrow(/consent-expired/);
    } finally {
      await agree(inAnHour());
    }
  });

  it('finds no ports where others have all of the pool', async () => {
    const conducted = await runAsAccount({ HIGHWATER_NODE_PORTS: '127.0.0.1:30900-30901' });
    expect(conducted.result.outcome).not.toBe('pass');
    expect(JSON.stringify(conducted.record.events)).toMatch(/no free port left among 30900/);
    expect(await inNamespace()).toEqual([]);
  });

  it('a run passes with exactly the roles that are documented, and leaves nothing', async () => {
    const conducted = await runAsAccount();
    expect(conducted.result.outcome, why(conducted)).toBe('pass');
    expect(await inNamespace()).toEqual([]);
  });

  it.each([
    ['pods/ephemeralcontainers', 'highwater-chaos'],
    ['services', 'highwater-deployer'],
  ])('a run without %s is told so, and is no time-out', async (resource, name) => {
    const role = roles.find(
      ({ kind, metadata }) => kind === 'Role' && metadata?.name === name,
    ) as V1Role;
    const less = structuredClone(role);
    for (const rule of less.rules ?? []) {
      if (rule.resources?.includes(resource) === true) rule.verbs = ['list', 'delete'];
    }
    await applyObject(cluster, less);
    try {
      const conducted = await runAsAccount();
      expect(conducted.result.outcome).not.toBe('pass');
      const said = JSON.stringify(conducted.record.events);
      expect(said).toMatch(new RegExp(`forbidden.*cannot (create|patch) resource.*${resource}`));
    } finally {
      await applyObject(cluster, role);
    }
    expect(await inNamespace()).toEqual([]);
  });
});
