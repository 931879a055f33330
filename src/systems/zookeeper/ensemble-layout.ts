import { bytes, mebibytes } from '../../core/units.ts';
import type { Endpoint } from '../../environments/endpoint.ts';
import { showEndpoint } from '../../environments/endpoint.ts';
import type { AddressBook } from '../../environments/environment.ts';
import type { RoleSpec } from '../../environments/node.ts';
import type { NodeId } from '../../record/names.ts';
import type { EnsembleSpec } from './spec.ts';

/**
 * Who is who in an ensemble. A server takes clients at one port only, so whoever looks at it from
 * outside comes to the same port as its peers, but straight to where it listens and past any link.
 */
/** The role of the servers of an ensemble. */
export const ZOOKEEPER = 'zookeeper';
/** The volume with snapshots, the transaction log and myid. */
export const ENSEMBLE_DATA = 'data';

/** What a JVM takes beside its heap: metaspace, threads, network buffers. */
const BESIDE_HEAP_MIB = 96;

/** Role, ports and volumes of an ensemble. */
export const ensembleRoleOf = (spec: EnsembleSpec): RoleSpec => ({
  role: ZOOKEEPER,
  count: spec.servers,
  countMax: spec.servers,
  ports: [
    { name: 'client', from: ['peer', 'check'], oneListener: true },
    { name: 'quorum', from: ['peer'] },
    { name: 'election', from: ['peer'] },
  ],
  volumes: [ENSEMBLE_DATA],
  votes: true,
  memory: bytes(mebibytes(spec.heapMiB + BESIDE_HEAP_MIB)),
});

/** One server with ZooKeeper's number for it, its `myid`. */
export interface Server {
  readonly node: NodeId;
  readonly number: number;
}

/** The servers of an ensemble, numbered from 1 in the order of the address book. */
export const serversOf = (spec: EnsembleSpec, book: AddressBook): readonly Server[] =>
  book
    .nodesOf(ZOOKEEPER)
    .slice(0, spec.servers)
    .map((node, index) => ({ node, number: index + 1 }));

/** Where a server is asked and looked at. */
export const askedAt = (server: Pick<Server, 'node'>, book: AddressBook): Endpoint =>
  book.at(server.node, 'client', 'check');

/** What a peer writes into `zookeeper.connect` and its like. */
export const connectString = (spec: EnsembleSpec, book: AddressBook): string =>
  serversOf(spec, book)
    .map(({ node }) => showEndpoint(book.at(node, 'client', 'peer')))
    .join(',');
