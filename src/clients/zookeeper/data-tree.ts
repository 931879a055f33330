import { createHash } from 'node:crypto';
import type { ZNode, ZooKeeperSession } from './session.ts';

/** What a walk through one server's data tree came to. */
export interface TreeDigest {
  /** Over path, data and state of every node that was visited; equal trees give equal digests. */
  readonly digest: string;
  readonly nodes: number;
}

/** ZooKeeper's own; each server writes its configuration there itself, so they differ lawfully. */
const ITS_OWN = '/zookeeper';
/** How many nodes are asked for side by side. */
const BATCH = 64;

/**
 * Walks the whole data tree of one server and digests it. ZooKeeper has a digest of its own, but
 * shows it only at every 128th zxid (DataTree.DIGEST_LOG_INTERVAL), and never after a start from a
 * snapshot; what it takes in is the same: data, versions, zxids, times and owner. Nodes that this
 * client may not read, by their ACL, make the walk fail.
 */
export async function digestTree(session: ZooKeeperSession): Promise<TreeDigest> {
  const found: (readonly [path: string, node: ZNode])[] = [];
  let todo = (await session.children('/')).map((name) => `/${name}`);
  while (todo.length > 0) {
    const now = todo.slice(0, BATCH).filter((path) => path !== ITS_OWN);
    todo = todo.slice(BATCH);
    const read = await Promise.all(
      now.map(async (path) => ({
        path,
        node: await session.get(path),
        children: await session.children(path),
      })),
    );
    for (const { path, node, children } of read) {
      if (node === null) continue; // It went away while the tree was walked.
      found.push([path, node]);
      todo.push(...children.map((name) => `${path}/${name}`));
    }
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256');
  for (const [path, { data, stat }] of found) {
    const state = Object.values(stat).map(String).join(' ');
    hash.update(`${path}\n${data.length}\n`).update(data).update(`\n${state}\n`);
  }
  return { digest: hash.digest('hex').slice(0, 16), nodes: found.length };
}
