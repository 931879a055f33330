import type {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObject,
  KubernetesObjectApi,
  V1Pod,
} from '@kubernetes/client-node';
import { HighwaterError, messageOf } from '../../core/errors.ts';

/** A cluster as the client library speaks to it, by a kubeconfig that is for it alone. */
export interface Cluster {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  /** Of any kind, by its `apiVersion` and `kind`. */
  readonly objects: KubernetesObjectApi;
  /** The library, which takes longer to load than all the rest of the command line. */
  readonly client: typeof import('@kubernetes/client-node');
}

/** Speaks to the one cluster of a kubeconfig file of ours; never to an ambient context. */
export async function openCluster(kubeconfig: string): Promise<Cluster> {
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  try {
    config.loadFromFile(kubeconfig);
  } catch (cause) {
    const text = `kubeconfig ${kubeconfig}: ${messageOf(cause)}`;
    throw new HighwaterError('ENV_NOT_READY', text, { cause });
  }
  return {
    config,
    client,
    core: config.makeApiClient(client.CoreV1Api),
    apps: config.makeApiClient(client.AppsV1Api),
    objects: client.KubernetesObjectApi.makeApiClient(config),
  };
}

/** Who owns the fields that we set (server-side apply). */
export const FIELD_MANAGER = 'highwater';

/** Server-side apply: makes the object, or what we own of it, as it is given. */
export function applyObject<T extends KubernetesObject>(
  { objects, client }: Cluster,
  object: T,
): Promise<T> {
  const strategy = client.PatchStrategy.ServerSideApply;
  return objects.patch(object, undefined, undefined, FIELD_MANAGER, true, strategy);
}

/** A pod as it is now; null when there is none of that name. */
export async function readPod(
  { core }: Cluster,
  of: { readonly namespace: string; readonly name: string },
): Promise<V1Pod | null> {
  try {
    return await core.readNamespacedPod({ ...of });
  } catch (thrown) {
    if (saysCode(thrown, 404)) return null;
    throw thrown;
  }
}

/** Whether a cluster says that a thing is not there (404), there already (409), not valid (422). */
export const saysCode = (thrown: unknown, ...codes: readonly number[]): boolean =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'code' in thrown &&
  codes.includes(thrown.code as number);

/** What a cluster says in its Status of why it did not do something. */
export function reasonOf(thrown: unknown): string {
  const body = typeof thrown === 'object' && thrown !== null && 'body' in thrown && thrown.body;
  const message = messageIn(body);
  if (message !== null) return message;
  if (typeof body !== 'string') return withCause(thrown);
  try {
    return messageIn(JSON.parse(body)) ?? body;
  } catch {
    return body; // Not a Status: a proxy between us and it, perhaps.
  }
}

/** Node's fetch says "fetch failed" of whatever it was, and what it was in the cause. */
const withCause = (thrown: unknown): string =>
  thrown instanceof Error && thrown.cause !== undefined
    ? `${thrown.message}: ${messageOf(thrown.cause)}`
    : messageOf(thrown);

const messageIn = (status: unknown): string | null =>
  typeof status === 'object' &&
  status !== null &&
  'message' in status &&
  typeof status.message === 'string'
    ? status.message
    : null;
