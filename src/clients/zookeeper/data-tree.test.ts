import { describe, expect, it } from 'vitest';
import { digestTree } from './data-tree.ts';
import type { ZooKeeperSession, ZStat } from './session.ts';

const STAT: ZStat = {
  czxid: 1n,
  mzxid: 2n,
  ctime: 3n,
  mtime: 4n,
  version: 0,
  cversion: 1,
  aversion: 0,
  ephemeralOwner: 0n,
  pzxid: 5n,
};

type Tree = Readonly<Record<string, { readonly data: string; readonly stat?: Partial<ZStat> }>>;

const TREE: Tree = {
  '/zookeeper': { data: '' },
  '/zookeeper/config': { data: 'server.1' },
  '/brokers': { data: '' },
  '/brokers/ids': { data: '' },
  '/brokers/ids/1': { data: '{}', stat: { ephemeralOwner: 7n } },
};

/** A server that holds this tree. */
function holding(tree: Tree): Promise<{ digest: string; nodes: number }> {
  const session: Pick<ZooKeeperSession, 'get' | 'children'> = {
    get: async (path) => {
      const found = tree[path];
      if (found === undefined) return null;
      return { data: Buffer.from(found.data), stat: { ...STAT, ...found.stat } };
    },
    children: async (parent) =>
      Object.keys(tree)
        .filter((path) => path.replace(/[^/]+$/, '') === `${parent === '/' ? '' : parent}/`)
        .map((path) => path.slice(path.lastIndexOf('/') + 1)),
  };
  return digestTree(session as ZooKeeperSession);
}

describe('the digest of a data tree', () => {
  it('is the same for the same tree, in whatever order its nodes are told', async () => {
    const { digest, nodes } = await holding(TREE);
    expect(nodes).toBe(3);
    expect(await holding(Object.fromEntries(Object.entries(TREE).reverse()))).toEqual({
      digest,
      nodes,
    });
  });

  it.each<[string, Tree]>([
    ['data', { ...TREE, '/brokers/ids/1': { data: '[]', stat: { ephemeralOwner: 7n } } }],
    ['an owner', { ...TREE, '/brokers/ids/1': { data: '{}', stat: { ephemeralOwner: 8n } } }],
    ['a version', { ...TREE, '/brokers': { data: '', stat: { cversion: 2 } } }],
    ['one node more', { ...TREE, '/brokers/ids/2': { data: '' } }],
  ])('differs by %s', async (_, other) => {
    expect((await holding(other)).digest).not.toBe((await holding(TREE)).digest);
  });

  it('does not mind what servers write below /zookeeper themselves', async () => {
    const other = { ...TREE, '/zookeeper/config': { data: 'server.2' } };
    expect(await holding(other)).toEqual(await holding(TREE));
  });
});
