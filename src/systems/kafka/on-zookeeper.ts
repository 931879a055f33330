import { askWord } from '../../clients/zookeeper/four-letter-words.ts';
import { openSession } from '../../clients/zookeeper/session.ts';
import { parseDump } from '../../clients/zookeeper/words.ts';
import type { AddressBook } from '../../environments/environment.ts';
import { askServers } from '../zookeeper/ask-servers.ts';
import { askedAt, serversOf } from '../zookeeper/ensemble-layout.ts';
import { ensembleMisses } from '../zookeeper/readiness.ts';
import type { EnsembleSpec } from '../zookeeper/spec.ts';

/** The ensemble below a cluster in ZooKeeper mode, as the cluster's handle sees it. */
export interface EnsembleBelow {
  /**
   * The id that the brokers gave their cluster: in this mode they make it up and write it down
   * here. Empty until it was read.
   */
  readonly clusterId: string;
  /** What the ensemble still misses; reads the cluster's id when that is nothing. */
  look(signal: AbortSignal): Promise<readonly string[]>;
  /** The session that still holds a broker's registration; null when there is none. */
  registrationOf(broker: number, signal: AbortSignal): Promise<string | null>;
}

/** Where brokers write down the id of their cluster (kafka.zk.ClusterIdZNode). */
const CLUSTER_ID = '/cluster/id';

/** Where brokers register, by an ephemeral node each (kafka.zk.BrokerIdsZNode). */
const REGISTRATIONS = '/brokers/ids';

/** Looks at the ensemble that this run started; its servers prove that they are ours. */
export function ensembleBelow(
  spec: EnsembleSpec,
  { book, sessionTimeoutMs }: { readonly book: AddressBook; readonly sessionTimeoutMs: number },
): EnsembleBelow {
  let clusterId = '';
  return {
    get clusterId() {
      return clusterId;
    },
    async look(signal) {
      const misses = ensembleMisses(await askServers(spec, book, signal), sessionTimeoutMs);
      if (misses.length > 0 || clusterId !== '') return misses;
      clusterId = await readClusterId(spec, book, signal);
      return clusterId === '' ? ['no broker has written the id of the cluster yet'] : [];
    },
    async registrationOf(broker, signal) {
      const path = `${REGISTRATIONS}/${broker}`;
      const asking = serversOf(spec, book).map((server) =>
        askWord(askedAt(server, book), 'dump', signal),
      );
      // Where no server answers nobody is registered anew either; the start will tell.
      const dump = await Promise.any(asking).catch(() => '');
      signal.throwIfAborted();
      return parseDump(dump).ephemerals.find((each) => each.path === path)?.owner ?? null;
    },
  };
}

async function readClusterId(
  spec: EnsembleSpec,
  book: AddressBook,
  signal: AbortSignal,
): Promise<string> {
  const [first] = serversOf(spec, book);
  if (first === undefined) return '';
  await using session = await openSession(askedAt(first, book), signal);
  const found = await session.get(CLUSTER_ID);
  if (found === null) return '';
  const { id } = JSON.parse(found.data.toString('utf8')) as { id?: unknown };
  return typeof id === 'string' ? id : '';
}
