import { createHash } from 'node:crypto';
import type { KubeConfig, V1ResourceAttributes } from '@kubernetes/client-node';
import { HighwaterError } from '../../../core/errors.ts';
import type {
  DangerousPermission,
  NamespaceFacts,
  NodeFacts,
  TargetFacts,
} from '../../../leases/target-guard/target.ts';
import { type Cluster, reasonOf, saysCode } from '../cluster.ts';

/** What was asked for: the kind of the cluster, its context, and a namespace when one was named. */
export interface TargetAsked {
  readonly kind: TargetFacts['kind'];
  readonly context: string;
  readonly namespace: string | null;
}

/**
 * Asks a cluster all that the target guard judges. What it forbids comes back as not known. An
 * identity that lives in one namespace cannot read kube-system, whose UID is needed, so whoever
 * makes it grants that one object, its own namespace for the consent, and the nodes if they like:
 *
 *     kind: ClusterRole
 *     rules:
 *       - apiGroups: ['']
 *         resources: [namespaces]
 *         resourceNames: [kube-system, <its own>]
 *         verbs: [get]
 *       - apiGroups: ['']
 *         resources: [nodes]
 *         verbs: [list]
 */
export async function factsOf(cluster: Cluster, asked: TargetAsked): Promise<TargetFacts> {
  const spoken = cluster.config.getCurrentContext();
  if (spoken !== asked.context) {
    const text = `context "${asked.context}" was asked for; the kubeconfig speaks to "${spoken}"`;
    const hint = 'it has to be the copy that was made for that context';
    throw new HighwaterError('TARGET_REFUSED', text, { hint });
  }
  const [kubeSystem, namespace, nodes, permissions] = await Promise.all([
    readNamespace(cluster, 'kube-system'),
    asked.namespace === null ? null : namespaceFacts(cluster, asked.namespace),
    nodeFacts(cluster),
    permissionsOf(cluster),
  ]);
  const entry = cluster.config.getCurrentCluster();
  return {
    kind: asked.kind,
    context: asked.context,
    server: entry?.server ?? '',
    kubeSystemUid: typeof kubeSystem === 'string' ? '' : (kubeSystem.metadata?.uid ?? ''),
    caSha256: caSha256Of(entry),
    namespace,
    nodes,
    permissions,
  };
}

/** SHA-256 of the authority's certificates as a kubeconfig has them; empty: nothing is verified. */
export function caSha256Of(entry: ReturnType<KubeConfig['getCurrentCluster']>): string {
  if (!entry?.caData || entry.skipTLSVerify) return '';
  return createHash('sha256').update(Buffer.from(entry.caData, 'base64')).digest('hex');
}

/** A question to the cluster; what it answers with one of `codes` is told by `otherwise`. */
async function ask<T, U>(what: string, question: Promise<T>, otherwise: (code: 403 | 404) => U) {
  try {
    return await question;
  } catch (thrown) {
    if (saysCode(thrown, 403)) return otherwise(403);
    if (saysCode(thrown, 404)) return otherwise(404);
    const text = `${what} cannot be asked of the cluster: ${reasonOf(thrown)}`;
    throw new HighwaterError('ENV_NOT_READY', text, { cause: thrown });
  }
}

const readNamespace = ({ core }: Cluster, name: string) =>
  ask(`namespace ${name}`, core.readNamespace({ name }), (code) =>
    code === 403 ? ('forbidden' as const) : ('absent' as const),
  );

async function namespaceFacts(cluster: Cluster, name: string): Promise<NamespaceFacts> {
  const found = await readNamespace(cluster, name);
  if (typeof found === 'string') return { name, seen: found, labels: {}, annotations: {} };
  const { labels = {}, annotations = {} } = found.metadata ?? {};
  return { name, seen: 'there', labels, annotations };
}

async function nodeFacts({ core }: Cluster): Promise<readonly NodeFacts[]> {
  const { items } = await ask('nodes', core.listNode(), () => ({ items: [] }));
  return items.map(({ metadata }) => ({
    name: metadata?.name ?? '',
    labels: metadata?.labels ?? {},
  }));
}

const allOf = (resource: string, verbs: readonly string[]): readonly V1ResourceAttributes[] =>
  verbs.map((verb) => ({ resource, verb }));

/** Without a namespace each is asked of the whole cluster; one yes is enough. */
const QUESTIONS: Readonly<Record<DangerousPermission, readonly V1ResourceAttributes[]>> = {
  'delete-namespaces': allOf('namespaces', ['delete']),
  'read-secrets': allOf('secrets', ['get', 'list', 'watch']),
  'change-nodes': allOf('nodes', ['patch', 'update', 'delete', 'deletecollection']),
  everything: [{ group: '*', resource: '*', verb: '*' }],
};

async function permissionsOf({ config, client }: Cluster): Promise<TargetFacts['permissions']> {
  const api = config.makeApiClient(client.AuthorizationV1Api);
  const may = async (resourceAttributes: V1ResourceAttributes): Promise<boolean | null> => {
    const body = { spec: { resourceAttributes } };
    const question = api.createSelfSubjectAccessReview({ body });
    const answer = await ask('what we may do', question, () => null);
    if (answer?.status === undefined) return null;
    // An authorizer that failed says no, and does not know.
    return answer.status.allowed || (answer.status.evaluationError ? null : false);
  };
  const any = async (permission: DangerousPermission): Promise<boolean | null> => {
    const answers = await Promise.all(QUESTIONS[permission].map(may));
    return answers.includes(true) || (answers.includes(null) ? null : false);
  };
  const [deleteNamespaces, readSecrets, changeNodes, everything] = await Promise.all([
    any('delete-namespaces'),
    any('read-secrets'),
    any('change-nodes'),
    any('everything'),
  ]);
  return {
    'delete-namespaces': deleteNamespaces,
    'read-secrets': readSecrets,
    'change-nodes': changeNodes,
    everything,
  };
}
