import { setTimeout as pause } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { HighwaterError } from '../../core/errors.ts';
import { ms, seconds } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';
import { volumePath } from '../images/paths.ts';
import { type Cluster, FIELD_MANAGER, readPod } from './cluster.ts';
import type { ContainerRef } from './exec.ts';
import { claimOf, labelsOf, NODE_LABEL, PART_LABEL, type Place } from './layout.ts';

/** A pod that has a node's volumes while the node has none. Whoever opened it closes it. */
export interface FilesPod {
  readonly container: ContainerRef;
  close(): Promise<void>;
}

/** Whose volumes it has, and an image with a shell. */
export interface FilesPodOf {
  readonly cluster: Cluster;
  readonly place: Place;
  readonly node: string;
  readonly volumes: readonly string[];
  readonly image: () => Promise<string>;
}

const UP_WITHIN = seconds(60);
const CONTAINER = 'files';

/** Starts one and waits until it runs. */
export async function openFilesPod(of: FilesPodOf): Promise<FilesPod> {
  const { cluster, place, node } = of;
  const { namespace } = place;
  const name = `${node}-files`;
  const until = async (what: string, wanted: (pod: V1Pod | null) => boolean): Promise<void> => {
    for (
      const from = performance.now();
      !wanted(await readPod(cluster, { namespace, name }));
      await pause(ms(50))
    ) {
      if (performance.now() - from < UP_WITHIN) continue;
      const text = `the pod ${name} is not ${what} after ${showSpan(UP_WITHIN)}`;
      throw new HighwaterError('WAIT_TIMEOUT', text);
    }
  };
  const manifest = filesPod(of, { name, image: await of.image() });
  await cluster.objects.create(manifest, undefined, undefined, FIELD_MANAGER);
  await until('up', (pod) => pod?.status?.phase === 'Running');
  return {
    container: { namespace, pod: name, container: CONTAINER },
    close: async () => {
      await cluster.core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
      await until('gone', (pod) => pod === null);
    },
  };
}

const filesPod = (
  { place, node, volumes }: FilesPodOf,
  { name, image }: { readonly name: string; readonly image: string },
): V1Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: place.namespace,
    labels: labelsOf(place, { [NODE_LABEL]: node, [PART_LABEL]: 'files' }),
  },
  spec: {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsUser: 0, runAsNonRoot: false },
    containers: [
      {
        name: CONTAINER,
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', '3600'],
        volumeMounts: volumes.map((volume) => ({ name: volume, mountPath: volumePath(volume) })),
      },
    ],
    volumes: volumes.map((volume) => ({
      name: volume,
      persistentVolumeClaim: { claimName: claimOf(node, volume) },
    })),
  },
});
