import type { V1Service } from '@kubernetes/client-node';
import { labelsOf, NODE_LABEL, PART_LABEL, type Place, portOf } from '../layout.ts';

const selectorOf = (place: Place, node: string): Record<string, string> =>
  labelsOf(place, { [NODE_LABEL]: node, [PART_LABEL]: 'node' });

/** The name by which peers find a node's pod: headless, and also while it is not ready. Pure. */
export const nameService = (place: Place, node: string, slots: number): V1Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: node,
    namespace: place.namespace,
    labels: labelsOf(place, { [NODE_LABEL]: node }),
  },
  spec: {
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector: selectorOf(place, node),
    ports: Array.from({ length: slots }, (_, slot) => ({
      name: `slot-${slot}`,
      port: portOf(slot),
    })),
  },
});

/** One port of a pod that is reached from outside of the cluster. */
export interface OutsidePort {
  readonly port: number;
  readonly nodePort: number;
}

/** The ways to a node from outside of the cluster, at the same numbers for all of the run. Pure. */
export const outsideService = (
  place: Place,
  node: string,
  ports: readonly OutsidePort[],
): V1Service & { metadata: { name: string } } => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: `${node}-outside`,
    namespace: place.namespace,
    labels: labelsOf(place, { [NODE_LABEL]: node }),
  },
  spec: {
    type: 'NodePort',
    publishNotReadyAddresses: true,
    selector: selectorOf(place, node),
    ports: ports.map(({ port, nodePort }) => ({
      name: `port-${port}`,
      port,
      targetPort: port,
      nodePort,
    })),
  },
});
