import { digestTree } from '../../clients/zookeeper/data-tree.ts';
import { askWord } from '../../clients/zookeeper/four-letter-words.ts';
import { openSession, type ZooKeeperSession } from '../../clients/zookeeper/session.ts';
import { parseDump, parseSrvr, type ServerState } from '../../clients/zookeeper/words.ts';
import { isHighwaterError } from '../../core/errors.ts';
import { ms, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import type { AddressBook } from '../../environments/environment.ts';
import type { EnsembleEvent } from '../../record/events.ts';
import type { FinalLook } from '../system.ts';
import { askedAt, type Server, serversOf } from './ensemble-layout.ts';
import type { EnsembleSpec } from './spec.ts';

/**
 * Looks at every server of an ensemble at the end of a run, for the checker that says whether they
 * agree. Replicas can only be compared at one and the same zxid, so a look is taken again until all
 * servers stood at the same one before and after it, and every owner of an ephemeral node lives.
 * When that does not come about, the first look and the last are told: who did not get on between
 * the two is stale, and not merely a moment late.
 */
export async function lookAtEnsemble(
  ensemble: { readonly spec: EnsembleSpec; readonly book: AddressBook },
  { recorder, clock, signal }: FinalLook,
): Promise<void> {
  const looks: { readonly t: number; readonly servers: readonly EnsembleEvent[] }[] = [];
  try {
    await waitFor(
      {
        what: 'replicas of the ensemble agree',
        look: async (inner) => {
          const servers = await lookOnce(ensemble, inner);
          looks.splice(1, 1, { t: clock.now(), servers });
          return servers;
        },
        show: (servers) => servers.map(({ node, zxid }) => `${node} at ${zxid}`).join(', '),
      },
      { clock, signal, within: LIMIT, every: ms(250), until: isComparable },
    );
    looks.splice(0, looks.length - 1);
  } catch (thrown) {
    // Not an error of the run: the record says how they stand, and the checker what it means.
    if (!isHighwaterError(thrown, 'WAIT_TIMEOUT')) throw thrown;
  }
  for (const { t, servers } of looks) {
    for (const server of servers) recorder.event(server, t);
  }
}

const LIMIT = seconds(15);

/** Whether replicas can be compared by this look. */
function isComparable(servers: readonly EnsembleEvent[]): boolean {
  const [first] = servers;
  return servers.every(
    ({ zxid, digest, sessions, ephemerals }) =>
      zxid !== null &&
      zxid === first?.zxid &&
      digest !== null &&
      ephemerals.every(({ owner }) => sessions.includes(owner)),
  );
}

/** One look at all servers, over a session with each: all are open before the first is read. */
async function lookOnce(
  { spec, book }: { readonly spec: EnsembleSpec; readonly book: AddressBook },
  signal: AbortSignal,
): Promise<readonly EnsembleEvent[]> {
  const servers = serversOf(spec, book);
  const opened = await Promise.all(
    servers.map((server) => openSession(askedAt(server, book), signal).catch(() => null)),
  );
  const ours = new Set(opened.flatMap((session) => session?.id ?? []));
  try {
    signal.throwIfAborted();
    return await Promise.all(
      servers.map((server, index) =>
        lookAt(server, { book, session: opened[index] ?? null, ours }, signal).catch(() =>
          mute(server),
        ),
      ),
    );
  } finally {
    await Promise.all(opened.map(async (session) => session?.[Symbol.asyncDispose]()));
  }
}

interface Looking {
  readonly book: AddressBook;
  readonly session: ZooKeeperSession | null;
  /** Sessions of this look, which are none of the system's. */
  readonly ours: ReadonlySet<string>;
}

async function lookAt(
  server: Server,
  { book, session, ours }: Looking,
  signal: AbortSignal,
): Promise<EnsembleEvent> {
  const at = askedAt(server, book);
  const state = async (): Promise<ServerState> => parseSrvr(await askWord(at, 'srvr', signal));
  const before = await state();
  const tree = session === null ? null : await digestTree(session);
  const { sessions, ephemerals } = parseDump(await askWord(at, 'dump', signal));
  const after = await state();
  return {
    kind: 'ensemble',
    node: server.node,
    ...after,
    // The tree changed while it was read: that is a digest of no state that ever was.
    digest: tree === null || before.zxid !== after.zxid ? null : tree.digest,
    sessions: sessions.filter((id) => !ours.has(id)),
    ephemerals,
  };
}

const mute = ({ node }: Server): EnsembleEvent => ({
  kind: 'ensemble',
  node,
  mode: null,
  zxid: null,
  nodeCount: null,
  digest: null,
  sessions: [],
  ephemerals: [],
});
