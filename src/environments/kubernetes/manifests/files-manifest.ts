import { createHash } from 'node:crypto';
import type { V1ConfigMap } from '@kubernetes/client-node';
import type { NodeSpec } from '../../node.ts';
import { labelsOf, NODE_LABEL, type Place } from '../layout.ts';

/** Where files lie that go on into a volume. */
export const VOLUME_FILES = '/highwater/volume-files';

/** Its files that have to lie in a volume, with their keys in the ConfigMap. */
export const volumeFilesOf = (spec: NodeSpec) =>
  Object.entries(spec.volumeFiles ?? {})
    .flatMap(([volume, files]) =>
      Object.entries(files).map(([path, text]) => ({ volume, path, text })),
    )
    .map((each, at) => ({ ...each, key: `volume-file-${at}` }));

/** Its other files, likewise. */
export const plainFilesOf = (spec: NodeSpec) =>
  Object.entries(spec.files).map(([path, text], at) => ({ path, text, key: `file-${at}` }));

/**
 * A node's files as a ConfigMap that is never changed: its name tells its content, so that a pod
 * cannot be started with what a kubelet remembers of an older one.
 */
export function filesManifest(
  place: Place,
  spec: NodeSpec,
): V1ConfigMap & { metadata: { name: string } } {
  const all = [...plainFilesOf(spec), ...volumeFilesOf(spec)];
  const data = Object.fromEntries(all.map(({ key, text }) => [key, text]));
  const mark = createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 8);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `${spec.id}-${mark}`,
      namespace: place.namespace,
      labels: labelsOf(place, { [NODE_LABEL]: spec.id }),
    },
    immutable: true,
    data,
  };
}
