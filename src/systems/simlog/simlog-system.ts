/**
 * A partitioned log that runs in this process on virtual nodes: the system under test for the tests
 * of highwater itself. It keeps Kafka's promises the way Kafka does (leaders, epochs, in-sync
 * replicas, a high watermark, sessions, groups), behind the same client port, and can be told to
 * break one of them from the inside. Without sabotage it is an honest, if small, Kafka; it knows no
 * transactions, no retention and no slow links.
 */
import { mebibytes } from '../../core/units.ts';
import type { SystemKind } from '../system.ts';
import { DATA } from './broker.ts';
import { SimCluster } from './cluster.ts';
import type { Sabotage } from './saboteur/sabotage.ts';
import { parseSpec, type SimlogSpec, timingsOf } from './spec.ts';
import { BROKER, LISTENER, simSut } from './sut.ts';

/** The simulated log, and how often its sabotage has acted. */
export interface SimlogSystem extends SystemKind<SimlogSpec> {
  /** Over all clusters that this system laid out. */
  readonly acted: number;
}

const SOFTWARE = { name: 'simlog', version: '1' };

/** Makes the kind of system; all clusters that it lays out are sabotaged in the same way. */
export function simlogSystem(sabotage?: Sabotage): SimlogSystem {
  const clusters: SimCluster[] = [];
  return {
    name: 'simlog',
    get acted() {
      return clusters.reduce((sum, { saboteur }) => sum + saboteur.acted, 0);
    },
    parse: parseSpec,
    roles: ({ brokers }) => [
      {
        role: BROKER,
        count: brokers,
        countMax: brokers,
        ports: [{ name: LISTENER, from: ['peer', 'load', 'check'] }],
        volumes: [DATA],
        memory: mebibytes(1),
      },
    ],
    software: () => [SOFTWARE],
    // oxlint-disable-next-line max-params -- the signature is the port's
    nodes: (spec, profile, book, clusterId) => {
      const timings = timingsOf(spec, profile);
      const cluster = new SimCluster({ id: clusterId, spec, timings, sabotage });
      clusters.push(cluster);
      const ids = book.nodesOf(BROKER).slice(0, spec.brokers);
      return ids.map((id, at) => ({
        id,
        role: BROKER,
        software: SOFTWARE,
        start: { virtual: cluster.broker(at + 1) },
        files: {},
      }));
    },
    connect: async (input) => simSut(input),
  };
}
