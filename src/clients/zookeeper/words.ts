/**
 * What servers answer to four-letter words, read into plain values. The answers are lines for
 * people; what is not there is null, never guessed.
 */
type Lines = readonly (readonly [key: string, value: string])[];

/** Answer to `srvr`: the server's state in the ensemble. */
export interface ServerState {
  /** `leader`, `follower`, `observer`, `standalone`. */
  readonly mode: string | null;
  /** Hexadecimal, as shown: `0x10000001f`. */
  readonly zxid: string | null;
  readonly nodeCount: number | null;
}

/** Reads the answer to `srvr`. */
export function parseSrvr(text: string): ServerState {
  const said = lookUp(linesOf(text, ':'));
  return {
    mode: said('Mode'),
    zxid: said('Zxid'),
    nodeCount: numberIn(said('Node count')),
  };
}

/** Answer to `conf`: what the server was started with. */
export interface ServerConfig {
  readonly serverId: number | null;
  /** Folder of its snapshots: below the volume that the run gave to it, and to nobody else. */
  readonly dataDir: string | null;
  readonly maxSessionTimeoutMs: number | null;
}

/** Reads the answer to `conf`. */
export function parseConf(text: string): ServerConfig {
  const said = lookUp(linesOf(text, '='));
  return {
    serverId: numberIn(said('serverId')),
    dataDir: said('dataDir'),
    maxSessionTimeoutMs: numberIn(said('maxSessionTimeout')),
  };
}

/** How many followers a leader says are in sync with it; null from everybody else. */
export const syncedFollowersIn = (mntr: string): number | null =>
  numberIn(lookUp(linesOf(mntr, '\t'))('zk_synced_followers'));

/** Answer to `dump`: sessions that the server knows, and who owns which ephemeral node. */
export interface SessionDump {
  readonly sessions: readonly string[];
  readonly ephemerals: readonly { readonly path: string; readonly owner: string }[];
}

/**
 * Reads the answer to `dump`. A leader lists its sessions by when they expire, the others as a
 * table of their time-outs; the list of ephemeral nodes looks the same everywhere.
 */
export function parseDump(text: string): SessionDump {
  const sessions = new Set<string>();
  const ephemerals: { path: string; owner: string }[] = [];
  let part: 'sessions' | 'ephemerals' | 'connections' = 'sessions';
  let owner: string | null = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('ephemeral nodes dump')) part = 'ephemerals';
    else if (line.startsWith('Connections')) part = 'connections';
    else if (part === 'sessions') {
      const id = /^\s*(0x[0-9a-f]+)\b/.exec(line)?.[1];
      if (id !== undefined) sessions.add(id);
    } else if (part === 'ephemerals') {
      const id = /^(0x[0-9a-f]+):/.exec(line)?.[1];
      if (id !== undefined) owner = id;
      else if (owner !== null && line.startsWith('\t/')) {
        ephemerals.push({ path: line.slice(1).trimEnd(), owner });
      }
    }
  }
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
  return { sessions: [...sessions].sort(), ephemerals: ephemerals.sort(byPath) };
}

const linesOf = (text: string, separator: string): Lines =>
  text.split('\n').flatMap((line) => {
    const at = line.indexOf(separator);
    return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const];
  });

const lookUp =
  (lines: Lines) =>
  (wanted: string): string | null =>
    lines.find(([key]) => key === wanted)?.[1] ?? null;

/** `2` and `2.0` alike: metrics come with a fraction in some versions. */
const numberIn = (text: string | null): number | null => {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};
