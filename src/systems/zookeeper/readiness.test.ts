import { describe, expect, it } from 'vitest';
import { type AskedServer, ensembleMisses, type ServerAnswer } from './readiness.ts';

const asked = (number: number, answer: Partial<ServerAnswer> | string = {}): AskedServer => ({
  node: `zookeeper-${number}`,
  number,
  folder: `/volumes/zookeeper-${number}/data`,
  answer:
    typeof answer === 'string'
      ? { error: answer }
      : {
          mode: number === 3 ? 'leader' : 'follower',
          zxid: '0x100000001',
          nodeCount: 5,
          serverId: number,
          dataDir: `/volumes/zookeeper-${number}/data/version-2`,
          maxSessionTimeoutMs: 60_000,
          syncedFollowers: number === 3 ? 2 : null,
          ...answer,
        },
});

const misses = (...servers: readonly AskedServer[]) => ensembleMisses(servers, 18_000);

describe('the readiness of an ensemble', () => {
  it('is there when one leads, all others follow, and all are in sync', () => {
    expect(misses(asked(1), asked(2), asked(3))).toEqual([]);
  });

  it('is there when a single server stands alone', () => {
    const alone = { mode: 'standalone', serverId: 0 };
    expect(misses(asked(1, alone))).toEqual([]);
    expect(misses(asked(1, { mode: 'follower' }))).toEqual([
      'zookeeper-1 is follower, not standalone',
    ]);
  });

  it('waits for every server to answer', () => {
    expect(misses(asked(1, 'connect ECONNREFUSED'), asked(2), asked(3))).toEqual([
      'zookeeper-1 does not answer: connect ECONNREFUSED',
    ]);
  });

  it('is not deceived by the server of another run, or by another of ours', () => {
    expect(misses(asked(1, { dataDir: '/else/data/version-2' }), asked(2), asked(3))).toEqual([
      'what answers for zookeeper-1 is server 1 of /else/data/version-2',
    ]);
    expect(misses(asked(1, { serverId: 2 }), asked(2), asked(3))).toHaveLength(1);
    expect(misses(asked(1, { dataDir: null }), asked(2), asked(3))).toHaveLength(1);
  });

  it('waits for a leader, and does not take two', () => {
    expect(misses(asked(1), asked(2), asked(3, { mode: 'follower' }))).toEqual([
      'the ensemble has no leader',
    ]);
    expect(misses(asked(1), asked(2, { mode: 'leader' }), asked(3))).toEqual([
      'the ensemble has 2 leaders: zookeeper-2, zookeeper-3',
    ]);
  });

  it('refuses servers that stand alone beside one another', () => {
    expect(misses(asked(1), asked(2, { mode: 'standalone' }), asked(3))).toEqual([
      'zookeeper-2 is standalone',
    ]);
  });

  it('waits until all followers are in sync', () => {
    expect(misses(asked(1), asked(2), asked(3, { syncedFollowers: 1 }))).toEqual([
      'zookeeper-3 leads with 1 of 2 followers in sync',
    ]);
  });

  it('refuses to cut sessions short without a word', () => {
    expect(misses(asked(1, { maxSessionTimeoutMs: 10_000 }), asked(2), asked(3))).toEqual([
      'zookeeper-1 grants sessions of at most 10000 ms, 18000 ms are asked for',
    ]);
  });
});
