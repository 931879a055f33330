import type { ServerConfig, ServerState } from '../../clients/zookeeper/words.ts';
import type { NodeId } from '../../record/names.ts';

/**
 * When an ensemble is ready: every server answers as itself, with the volume that this run gave to
 * it; exactly one of them leads; all others follow, and the leader says that they are in sync with
 * it. Servers that run standalone beside one another are no ensemble. Pure.
 */
export function ensembleMisses(
  asked: readonly AskedServer[],
  sessionTimeoutMs: number,
): readonly string[] {
  const mute = asked.flatMap((server) => serverMisses(server, sessionTimeoutMs));
  return mute.length > 0 ? mute : quorumMisses(asked);
}

/** One server, and what it said. */
export interface AskedServer {
  readonly node: NodeId;
  readonly number: number;
  /** The volume that the run gave to it. */
  readonly folder: string;
  readonly answer: ServerAnswer | { readonly error: string };
}

/** A server's view of itself. */
export interface ServerAnswer extends ServerState, ServerConfig {
  /** Of a leader; null of the others. */
  readonly syncedFollowers: number | null;
}

/** Whether the answer comes from the server itself: nobody else writes to its volume. */
export const answersAsServer = (
  { dataDir, serverId }: ServerAnswer,
  { number, folder }: Pick<AskedServer, 'number' | 'folder'>,
): boolean =>
  dataDir !== null &&
  dataDir.startsWith(`${folder}/`) &&
  // A standalone server does not look at its myid.
  (serverId === number || serverId === 0);

function serverMisses(
  { node, number, folder, answer }: AskedServer,
  sessionTimeoutMs: number,
): readonly string[] {
  if ('error' in answer) return [`${node} does not answer: ${answer.error}`];
  if (!answersAsServer(answer, { number, folder })) {
    return [`what answers for ${node} is server ${answer.serverId} of ${answer.dataDir}`];
  }
  const most = answer.maxSessionTimeoutMs;
  return most === null || most >= sessionTimeoutMs
    ? []
    : [`${node} grants sessions of at most ${most} ms, ${sessionTimeoutMs} ms are asked for`];
}

function quorumMisses(asked: readonly AskedServer[]): readonly string[] {
  const modes = asked.map(({ node, answer }) => ({
    node,
    mode: 'error' in answer ? null : answer.mode,
    synced: 'error' in answer ? null : answer.syncedFollowers,
  }));
  const [only] = modes;
  if (modes.length === 1) {
    return only?.mode === 'standalone' ? [] : [`${only?.node} is ${only?.mode}, not standalone`];
  }
  const leaders = modes.filter(({ mode }) => mode === 'leader');
  const [leader] = leaders;
  if (leader === undefined) return ['the ensemble has no leader'];
  if (leaders.length > 1) {
    return [
      `the ensemble has ${leaders.length} leaders: ${leaders.map(({ node }) => node).join(', ')}`,
    ];
  }
  const others = modes.filter(({ mode }) => mode !== 'leader' && mode !== 'follower');
  if (others.length > 0) return others.map(({ node, mode }) => `${node} is ${mode}`);
  const followers = modes.length - 1;
  return leader.synced === followers
    ? []
    : [`${leader.node} leads with ${leader.synced ?? 'no'} of ${followers} followers in sync`];
}
