import { describe, expect, it } from 'vitest';
import { parseConf, parseDump, parseSrvr, syncedFollowersIn } from './words.ts';

/** Answers of real servers, 3.9.5 and 3.8.6 alike, shortened. */
const SRVR = `Zookeeper version: 3.9.5-6df26081, built on 2026-01-28 20:28 UTC
Latency min/avg/max: 0/1.3333/3
Received: 7
Sent: 8
Connections: 2
Outstanding: 0
Zxid: 0x100000005
Mode: leader
Node count: 5
Proposal sizes last/min/max: 48/48/48
`;

const CONF = `clientPort=9092
secureClientPort=-1
dataDir=/volumes/zookeeper-2/data/version-2
dataDirSize=67109474
maxSessionTimeout=60000
serverId=2
membership: 
server.1=127.99.0.1:9093:9094:participant
version=0
`;

const EPHEMERALS = `ephemeral nodes dump:
Sessions with Ephemerals (2):
0x20000bd3a1f0000:
\t/controller
\t/brokers/ids/2
0x30000bd3a560001:
\t/brokers/ids/1
Connections dump:
Connections Sets (1)/(2):
2 expire at Sat Nov 21 14:32:22 UTC 2026:
\tip: /127.0.0.1:58124 sessionId: 0x20000bd3a1f0000
\tip: /127.0.0.1:58154 sessionId: 0x0
`;

const OF_FOLLOWER = `SessionTracker dump:
Global Sessions(2):
0x20000bd3a1f0000\t3000ms
0x30000bd3a560001\t3000ms
${EPHEMERALS}`;

const OF_LEADER = `SessionTracker dump:
Session Sets (2)/(2):
0 expire at Sat Nov 21 14:32:13 UTC 2026:
2 expire at Sat Nov 21 14:32:14 UTC 2026:
\t0x30000bd3a560001
\t0x20000bd3a1f0000
${EPHEMERALS}`;

describe('answers to four-letter words', () => {
  it('tell the state of a server', () => {
    expect(parseSrvr(SRVR)).toEqual({ mode: 'leader', zxid: '0x100000005', nodeCount: 5 });
    expect(parseSrvr('nothing of the kind')).toEqual({ mode: null, zxid: null, nodeCount: null });
  });

  it('tell what a server was started with', () => {
    expect(parseConf(CONF)).toEqual({
      serverId: 2,
      dataDir: '/volumes/zookeeper-2/data/version-2',
      maxSessionTimeoutMs: 60_000,
    });
  });

  it('tell how many followers are in sync, and nothing where nobody leads', () => {
    expect(syncedFollowersIn('zk_version\t3.9.5\nzk_synced_followers\t2\n')).toBe(2);
    expect(syncedFollowersIn('zk_version\t3.9.5\n')).toBeNull();
  });

  it.each([
    ['a follower', OF_FOLLOWER],
    ['a leader', OF_LEADER],
  ])('tell sessions and ephemeral nodes as %s lists them', (_, text) => {
    expect(parseDump(text)).toEqual({
      sessions: ['0x20000bd3a1f0000', '0x30000bd3a560001'],
      ephemerals: [
        { path: '/brokers/ids/1', owner: '0x30000bd3a560001' },
        { path: '/brokers/ids/2', owner: '0x20000bd3a1f0000' },
        { path: '/controller', owner: '0x20000bd3a1f0000' },
      ],
    });
  });
});
