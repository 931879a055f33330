import type { V1Node } from '@kubernetes/client-node';
import type { Clock } from '../../../core/clock.ts';
import { ms, type Span } from '../../../core/time.ts';
import { waitFor } from '../../../core/wait-for.ts';
import { type Cluster, reasonOf, saysCode } from '../cluster.ts';

/** What is still missing before a cluster can take the pods of a run; empty when nothing is. */
export type Missing = readonly string[];

/** How long to wait for a cluster, and who is told. */
export interface SettleOptions {
  readonly name: string;
  /** Names of all nodes that it should have. */
  readonly nodes: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly within: Span;
  readonly progress: (doing: string) => void;
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const NOT_READY = 'node.kubernetes.io/not-ready';

/**
 * Waits until every node is Ready and takes pods, pods can be made in the namespace default, and
 * names are resolved. kind itself waits for the control plane alone.
 */
export async function settle(cluster: Cluster, options: SettleOptions): Promise<void> {
  const { name, nodes, clock, signal, within, progress } = options;
  let told = '';
  await waitFor<Missing>(
    {
      what: `kind cluster ${name}`,
      look: () => asReason(missing(cluster, nodes)),
      show: (value) => value.join(', ') || 'ready',
    },
    {
      clock,
      signal,
      within,
      every: ms(500),
      until: (value) => value.length === 0,
      onLook: (seen) => {
        if (seen !== 'ready' && seen !== told)
          progress(`waiting for kind cluster ${name}: ${seen}`);
        told = seen;
      },
      code: 'ENV_NOT_READY',
      hint: `when it does not come up: kind delete cluster --name ${name}`,
    },
  );
}

async function missing(cluster: Cluster, names: readonly string[]): Promise<Missing> {
  const { core, apps } = cluster;
  const [{ items }, account, dns] = await Promise.all([
    core.listNode(),
    orNull(core.readNamespacedServiceAccount({ name: 'default', namespace: 'default' })),
    orNull(apps.readNamespacedDeployment({ name: 'coredns', namespace: 'kube-system' })),
  ]);
  const unready = unreadyNodes(names, items);
  const closed = items.filter(isClosed);
  for (const node of closed) await openToPods(cluster, node);
  return [
    ...unready.map((each) => `${each} not Ready`),
    ...closed.map(({ metadata }) => `${metadata?.name} takes no pods`),
    ...(account === null ? ['no default service account'] : []),
    ...((dns?.status?.availableReplicas ?? 0) === 0 ? ['CoreDNS not available'] : []),
  ];
}

/** Those of the nodes that are not there, or there and not Ready. Pure. */
export function unreadyNodes(
  names: readonly string[],
  found: readonly V1Node[],
): readonly string[] {
  const ready = new Set(found.filter(isReady).map(({ metadata }) => metadata?.name));
  const all = [...names, ...found.map(({ metadata }) => metadata?.name ?? '')];
  return [...new Set(all)].filter((name) => !ready.has(name));
}

/** A node that has just become Ready keeps its taint for a few seconds. */
const isReady = ({ spec, status }: V1Node): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true &&
  !(spec?.taints ?? []).some(({ key }) => key === NOT_READY);

/** Whether a node keeps pods away because it is the control plane. Pure. */
export const isClosed = ({ spec }: V1Node): boolean =>
  spec?.taints?.some(({ key, effect }) => key === CONTROL_PLANE && effect === 'NoSchedule') ===
  true;

/** Our kind-config.yaml asks kubeadm for no taint; this is for node images that put one anyway. */
async function openToPods({ objects, client }: Cluster, { metadata, spec }: V1Node): Promise<void> {
  const taints = (spec?.taints ?? []).filter(({ key }) => key !== CONTROL_PLANE);
  const change = {
    apiVersion: 'v1',
    kind: 'Node',
    // With the version that was read: controllers write the same list, and none is to be undone.
    metadata: { name: metadata?.name ?? '', resourceVersion: metadata?.resourceVersion ?? '' },
    spec: { taints },
  };
  const merge = client.PatchStrategy.MergePatch;
  await objects.patch(change, undefined, undefined, undefined, undefined, merge);
}

const orNull = <T>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((thrown: unknown) => {
    if (saysCode(thrown, 404)) return null;
    throw thrown;
  });

/** What is shown of an error is what the cluster says, not its whole answer. */
const asReason = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((thrown: unknown) => {
    throw new Error(reasonOf(thrown), { cause: thrown });
  });
