import type { V1Container, V1StatefulSet, V1VolumeMount } from '@kubernetes/client-node';
import { HighwaterError } from '../../../core/errors.ts';
import type { Bytes } from '../../../core/units.ts';
import { jvmCommand } from '../../images/jvm-command.ts';
import { FILES, volumePath } from '../../images/paths.ts';
import type { NodeSpec } from '../../node.ts';
import { labelsOf, NODE_CONTAINER, NODE_LABEL, PART_LABEL, type Place, portOf } from '../layout.ts';
import { filesManifest, plainFilesOf, VOLUME_FILES, volumeFilesOf } from './files-manifest.ts';
import { gatedCommand, STATE_FOLDER } from './gated-command.ts';

/** What a node's StatefulSet is made from. */
export interface NodeManifestInput {
  readonly place: Place;
  readonly spec: NodeSpec;
  readonly image: string;
  readonly volumes: readonly string[];
  readonly memory: Bytes;
  /** How many listeners it has. */
  readonly slots: number;
  /** Its volumes are new. */
  readonly prepare: boolean;
}

/** From SIGTERM to SIGKILL: a controlled shutdown of a broker takes longer than the usual 30 s. */
const GRACE_SECONDS = 60;
/** Claims must say a size. What provisions volumes on kind does not hold them to it. */
const CLAIM = '1Gi';

/** The StatefulSet of one node; a broker's identity, address and volumes are its own. Pure. */
export function nodeManifest(input: NodeManifestInput): V1StatefulSet {
  const { place, spec, volumes } = input;
  const labels = labelsOf(place, { [NODE_LABEL]: spec.id, [PART_LABEL]: 'node' });
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: spec.id, namespace: place.namespace, labels },
    spec: {
      replicas: 1,
      serviceName: spec.id,
      podManagementPolicy: 'Parallel',
      // A change comes into force when we end the pod, not whenever the controller finds the time.
      updateStrategy: { type: 'OnDelete' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, 'highwater.role': spec.role } },
        spec: podSpec(input),
      },
      volumeClaimTemplates: volumes.map((volume) => ({
        metadata: { name: volume, labels: labelsOf(place, { [NODE_LABEL]: spec.id }) },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: CLAIM } } },
      })),
    },
  };
}

function podSpec(input: NodeManifestInput) {
  const { place, spec } = input;
  const { name } = filesManifest(place, spec).metadata;
  const inVolumes = volumeFilesOf(spec);
  const configVolume = (as: string, items: readonly { key: string; path: string }[]) => ({
    name: as,
    configMap: { name, items: items.map(({ key, path }) => ({ key, path })) },
  });
  return {
    terminationGracePeriodSeconds: GRACE_SECONDS,
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    // The node is not the first process, which no signal of its own namespace can end.
    shareProcessNamespace: true,
    // New volumes belong to root, and images differ in whom they would run as.
    securityContext: { runAsUser: 0, runAsGroup: 0, runAsNonRoot: false },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labelsOf(place, { 'highwater.role': spec.role }) },
      },
    ],
    initContainers: initContainers(input),
    containers: [nodeContainer(input)],
    volumes: [
      configVolume('files', plainFilesOf(spec)),
      ...(inVolumes.length === 0
        ? []
        : [
            configVolume(
              'volume-files',
              inVolumes.map(({ key }) => ({ key, path: key })),
            ),
          ]),
      { name: 'state', emptyDir: {} },
    ],
  };
}

function mountsOf({ volumes }: NodeManifestInput): V1VolumeMount[] {
  return [
    { name: 'files', mountPath: FILES, readOnly: true },
    { name: 'state', mountPath: STATE_FOLDER },
    ...volumes.map((volume) => ({ name: volume, mountPath: volumePath(volume) })),
  ];
}

function nodeContainer(input: NodeManifestInput): V1Container {
  const { spec, image, memory, slots } = input;
  const jvm = jvmOf(spec);
  return {
    name: NODE_CONTAINER,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: gatedCommand(jvmCommand(spec.start.image?.classPath ?? [], jvm)),
    ports: Array.from({ length: slots }, (_, slot) => ({ containerPort: portOf(slot) })),
    resources: {
      limits: { memory: String(memory) },
      // The kernel's limit is what counts here; to reserve it all would leave no room on a laptop.
      requests: { memory: String(Math.floor(memory / 4)) },
    },
    volumeMounts: mountsOf(input),
  };
}

/** What has to be done in the volumes before the node starts. */
function initContainers(input: NodeManifestInput): V1Container[] {
  const { spec, image, memory, prepare } = input;
  const common = { image, imagePullPolicy: 'IfNotPresent', volumeMounts: mountsOf(input) };
  const jvm = jvmOf(spec);
  const copies = volumeFilesOf(spec).map(({ volume, path, key }) => {
    const target = `${volumePath(volume)}/${path}`;
    return `mkdir -p "$(dirname '${target}')" && cp ${VOLUME_FILES}/${key} '${target}'`;
  });
  const copying: V1Container = {
    ...common,
    name: 'files',
    command: ['sh', '-c', copies.join(' && ')],
    volumeMounts: [
      ...common.volumeMounts,
      { name: 'volume-files', mountPath: VOLUME_FILES, readOnly: true },
    ],
  };
  const steps = jvm.prepare.map((step, at) => ({
    ...common,
    name: `prepare-${at + 1}`,
    command: jvmCommand(spec.start.image?.classPath ?? [], { ...step, flags: jvm.flags }),
    resources: { limits: { memory: String(memory) } },
  }));
  return [...(copies.length > 0 ? [copying] : []), ...(prepare ? steps : [])];
}

function jvmOf({ id, start: { jvm } }: NodeSpec) {
  if (jvm !== undefined) return jvm;
  throw new HighwaterError('BUG', `bug in highwater: node ${id}: it has no JVM to start`);
}
