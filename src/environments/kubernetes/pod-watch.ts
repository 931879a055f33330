import type { V1Pod } from '@kubernetes/client-node';
import { messageOf } from '../../core/errors.ts';
import { seconds } from '../../core/time.ts';
import type { RunContext } from '../environment.ts';
import type { Cluster } from './cluster.ts';
import { NODE_LABEL, type Place, selectorOf } from './layout.ts';

/** Told of every change of a node's pod, its end included. */
export type PodListener = (pod: V1Pod) => void;

/** Sees everything that becomes of the pods of a run. */
export interface PodWatch {
  /** Tells from now on what becomes of the pods of a node. */
  on(node: string, listener: PodListener): void;
}

const AGAIN_AFTER = seconds(1);

/** Watches the pods of a run until its scope closes. */
export async function watchPods(
  { client, config, core }: Cluster,
  place: Place,
  run: RunContext,
): Promise<PodWatch> {
  const listeners = new Map<string, PodListener>();
  const { namespace } = place;
  const labelSelector = selectorOf(place);
  const informer = client.makeInformer<V1Pod>(
    config,
    `/api/v1/namespaces/${namespace}/pods`,
    () => core.listNamespacedPod({ namespace, labelSelector }),
    labelSelector,
  );
  const tell = (pod: V1Pod): void => {
    listeners.get(pod.metadata?.labels?.[NODE_LABEL] ?? '')?.(pod);
  };
  let closed = false;
  for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, tell);
  informer.on('error', (thrown: unknown) => {
    if (closed) return;
    // What is asked of a pod is read anew each time; only how a past life ended comes from here.
    run.progress(`the watch of pods was lost and is begun again: ${messageOf(thrown)}`);
    setTimeout(() => {
      if (!closed) void informer.start().catch(() => {});
    }, AGAIN_AFTER).unref();
  });
  run.scope.onClose('watch of pods', async () => {
    closed = true;
    await informer.stop();
  });
  await informer.start();
  return {
    on: (node, listener) => {
      listeners.set(node, listener);
      for (const pod of informer.list(namespace) ?? []) {
        if (pod.metadata?.labels?.[NODE_LABEL] === node) listener(pod);
      }
    },
  };
}
