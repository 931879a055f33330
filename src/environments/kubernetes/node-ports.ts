import { createHash } from 'node:crypto';
import { HighwaterError } from '../../core/errors.ts';
import { type Cluster, FIELD_MANAGER, reasonOf, saysCode } from './cluster.ts';
import type { Place } from './layout.ts';
import { type OutsidePort, outsideService } from './manifests/service-manifests.ts';

/** The ports of a cluster's nodes that are reached from here, and at which address. */
export interface NodePortPool {
  readonly host: string;
  readonly first: number;
  readonly last: number;
}

/** Takes ports of the pool for services of one run. */
export interface NodePorts {
  /** Makes the way to ports of a node from outside; each gets a number that nobody else has. */
  open(node: string, ports: readonly number[]): Promise<readonly OutsidePort[]>;
}

/**
 * Takes ports of a pool in such a way that the cluster itself is the book: it refuses a number that
 * a service has, of whichever run, and gives it free when that service is deleted.
 */
export function nodePortsOf(cluster: Cluster, place: Place, pool: NodePortPool): NodePorts {
  const size = pool.last - pool.first + 1;
  // Runs that start together begin at different numbers.
  const start = createHash('sha256').update(place.label).digest().readUInt32BE() % size;
  let tried = 0;
  const next = (): number => {
    if (tried >= size) throw exhausted(place, pool);
    tried += 1;
    return pool.first + ((start + tried - 1) % size);
  };
  return {
    open: async (node, ports) => {
      let wanted = ports.map((port): OutsidePort => ({ port, nodePort: next() }));
      for (;;) {
        try {
          await create(cluster, outsideService(place, node, wanted));
          return wanted;
        } catch (thrown) {
          const taken = takenIn(thrown, wanted);
          if (taken.length === 0) throw thrown;
          wanted = wanted.map((each) =>
            taken.includes(each.nodePort) ? { ...each, nodePort: next() } : each,
          );
        }
      }
    },
  };
}

/** Made anew and never taken over: one that is there belongs to somebody. */
const create = ({ objects }: Cluster, service: ReturnType<typeof outsideService>) =>
  objects.create(service, undefined, undefined, FIELD_MANAGER);

/** Numbers that the cluster says somebody has. Pure. */
export function takenIn(thrown: unknown, wanted: readonly OutsidePort[]): readonly number[] {
  if (!saysCode(thrown, 422)) return [];
  const said = reasonOf(thrown);
  if (!/already allocated/.test(said)) return [];
  const numbers = new Set((said.match(/\d+/g) ?? []).map(Number));
  return wanted.map(({ nodePort }) => nodePort).filter((each) => numbers.has(each));
}

const exhausted = ({ label }: Place, { first, last }: NodePortPool): HighwaterError =>
  new HighwaterError('ENV_NOT_READY', `no free port left among ${first} to ${last} for ${label}`, {
    hint: 'end other runs, or what they left: kubectl get services -A -l highwater.run',
  });
