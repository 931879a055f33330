import { setTimeout as pause } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { HighwaterError } from '../../core/errors.ts';
import { ms, type Span } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import type { Leftover } from '../environment.ts';
import { type Cluster, saysCode } from './cluster.ts';
import { type Place, RUN_LABEL, selectorOf } from './layout.ts';

/** Everything that a run makes in its namespace. */
const KINDS = [
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
] as const;

type Kind = (typeof KINDS)[number];
/** Of these, what makes pods, and pods. */
const RUNNING = KINDS.slice(0, 2);

/**
 * What is taken away before the rest, one after the other. Pods go with a word about how long they
 * have; whoever else deletes them, as what made them or their namespace does when it goes, gives
 * them a minute, and a kubelet that has begun to wait for that does not hurry any more.
 */
const FIRST: readonly string[] = ['StatefulSet', 'Pod'];

/** Where a run is, and whether the namespace is its own. */
export interface Held {
  readonly place: Place;
  readonly ownsNamespace: boolean;
}

/** Everything that the cluster has of a run, by its label: asked anew, not taken from memory. */
export async function thingsOfRun(
  cluster: Cluster,
  { place, ownsNamespace }: Held,
  kinds: readonly Kind[] = KINDS,
): Promise<readonly KubernetesObject[]> {
  const namespace = ownsNamespace ? await namespaceOf(cluster, place) : null;
  if (ownsNamespace && namespace === null) return [];
  const lists = await Promise.all(kinds.map((kind) => listed(cluster, kind, place)));
  return [...lists.flat(), ...(namespace === null ? [] : [namespace])];
}

/** The same for a census. */
export const asLeftover = ({ kind = '', metadata }: KubernetesObject): Leftover => ({
  kind: LEFTOVER[kind] ?? 'folder',
  what: `${kind} ${metadata?.name} in ${metadata?.namespace ?? 'the cluster'}`,
});

const LEFTOVER: Readonly<Record<string, Leftover['kind']>> = {
  StatefulSet: 'container',
  Pod: 'container',
  Service: 'address-block',
  ConfigMap: 'folder',
  PersistentVolumeClaim: 'volume',
  Namespace: 'namespace',
};

const AGAIN_AFTER: Span = ms(200);

/**
 * Takes away everything of a run, and waits until it is gone. Each is deleted by its UID: what has
 * the same name and came later is somebody else's. Gives how many there were.
 */
export const removeRun = (cluster: Cluster, held: Held, within: Span): Promise<number> =>
  remove(cluster, held, { kinds: KINDS, within });

/** Ends what runs, and lets the rest be. */
export const stopRun = (cluster: Cluster, { place }: Held, within: Span): Promise<number> =>
  remove(cluster, { place, ownsNamespace: false }, { kinds: RUNNING, within });

async function remove(
  cluster: Cluster,
  held: Held,
  { kinds, within }: { readonly kinds: readonly Kind[]; readonly within: Span },
): Promise<number> {
  const from = performance.now();
  const seen = new Set<string>();
  for (;;) {
    const things = await thingsOfRun(cluster, held, kinds);
    if (things.length === 0) return seen.size;
    if (performance.now() - from > within) {
      const what = things.map((each) => asLeftover(each).what).join(', ');
      throw new HighwaterError('WAIT_TIMEOUT', `still there after ${showSpan(within)}: ${what}`, {
        hint: 'what holds it is in its finalizers: kubectl get -o yaml',
      });
    }
    const first = FIRST.find((kind) => things.some((each) => each.kind === kind));
    for (const thing of things.filter(({ kind }) => first === undefined || kind === first)) {
      const uid = thing.metadata?.uid ?? '';
      if (!seen.has(uid)) await removeOne(cluster, thing, uid);
      seen.add(uid);
    }
    await pause(AGAIN_AFTER);
  }
}

/** A pod is gone from the API when its processes are, which are given a second to end. */
const POD_GRACE_SECONDS = 1;

async function removeOne(
  { objects }: Cluster,
  thing: KubernetesObject,
  uid: string,
): Promise<void> {
  const grace = thing.kind === 'Pod' ? { gracePeriodSeconds: POD_GRACE_SECONDS } : {};
  // All in the body: an API server that gets one does not look at the query.
  const body = { preconditions: { uid }, propagationPolicy: 'Orphan', ...grace };
  const none = undefined;
  try {
    await objects.delete(thing, none, none, none, none, none, body);
  } catch (thrown) {
    // Gone, or another of that name is there now.
    if (!saysCode(thrown, 404, 409)) throw thrown;
  }
}

async function listed(
  { objects }: Cluster,
  { apiVersion, kind }: Kind,
  place: Place,
): Promise<readonly KubernetesObject[]> {
  const selector = selectorOf(place);
  const none = undefined;
  try {
    const list = await objects.list(
      apiVersion,
      kind,
      place.namespace,
      none,
      none,
      none,
      none,
      selector,
    );
    // Items of a list do not say what they are.
    return list.items.map((each) => ({ ...each, apiVersion, kind }));
  } catch (thrown) {
    if (saysCode(thrown, 404)) return [];
    throw thrown;
  }
}

/** The run's own namespace, if it is there and bears its label. */
async function namespaceOf(
  { core }: Cluster,
  { namespace: name, label }: Place,
): Promise<KubernetesObject | null> {
  try {
    const found = await core.readNamespace({ name });
    if (found.metadata?.labels?.[RUN_LABEL] !== label) return null;
    return { apiVersion: 'v1', kind: 'Namespace', metadata: found.metadata };
  } catch (thrown) {
    if (saysCode(thrown, 404)) return null;
    throw thrown;
  }
}
