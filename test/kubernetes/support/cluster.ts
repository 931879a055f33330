import type { Cluster } from '../../../src/environments/kubernetes/cluster.ts';
import { kindTarget } from '../../../src/environments/kubernetes/target/kind-target.ts';
import type { Target } from '../../../src/environments/kubernetes/target/target.ts';
import { foldersOf } from '../../../src/leases/folders.ts';

/** The kind cluster that tests share with everybody's runs: made now if it is not there yet. */
export const testTarget = (): Promise<Target> =>
  kindTarget({
    env: process.env,
    folders: foldersOf(process.env),
    signal: new AbortController().signal,
    progress: () => {},
  });

/** Everything in the cluster that bears the label of a run, with its namespace. */
export async function labelled({ core, apps }: Cluster): Promise<readonly string[]> {
  const labelSelector = 'highwater.run';
  const lists = await Promise.all([
    core.listNamespace({ labelSelector }),
    apps.listStatefulSetForAllNamespaces({ labelSelector }),
    core.listPodForAllNamespaces({ labelSelector }),
    core.listServiceForAllNamespaces({ labelSelector }),
    core.listConfigMapForAllNamespaces({ labelSelector }),
    core.listPersistentVolumeClaimForAllNamespaces({ labelSelector }),
  ]);
  const names = ['namespace', 'statefulset', 'pod', 'service', 'configmap', 'claim'];
  return lists.flatMap(({ items }, at) =>
    items.map(({ metadata }) => `${names[at]} ${metadata?.namespace ?? ''}/${metadata?.name}`),
  );
}
