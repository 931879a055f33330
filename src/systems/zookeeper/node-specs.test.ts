import { describe, expect, it } from 'vitest';
import type { Profile } from '../../record/plan.ts';
import { paperBook } from '../kafka/testing/paper-book.ts';
import { connectString, ensembleRoleOf } from './ensemble-layout.ts';
import { ensembleNodes } from './node-specs.ts';
import { ensembleSchema } from './spec.ts';

function layout(topology: object, profile: Profile = 'fast', sessionTimeoutMs = 3_000) {
  const spec = ensembleSchema.parse(topology);
  const book = paperBook([ensembleRoleOf(spec)]);
  const nodes = ensembleNodes({ spec, profile, book, sessionTimeoutMs });
  return { spec, book, nodes, config: (index: number) => nodes[index]?.files['zoo.cfg'] };
}

describe('the layout of an ensemble', () => {
  it('writes down who is who, and grants the sessions that are asked for', () => {
    expect(layout({}).config(1)).toMatchInlineSnapshot(`
      "tickTime=500
      initLimit=20
      syncLimit=10
      leader.maxTimeToWaitForEpoch=500
      dataDir=/volumes/zookeeper-2/data
      clientPort=9091
      clientPortAddress=127.7.0.2
      minSessionTimeout=1000
      maxSessionTimeout=60000
      maxClientCnxns=0
      4lw.commands.whitelist=*
      admin.enableServer=false
      server.1=127.7.0.1:9092:9093
      server.2=127.7.0.2:9092:9093
      server.3=127.7.0.3:9092:9093
      "
    `);
    expect(layout({}, 'production', 120_000).config(1)).toMatchInlineSnapshot(`
      "tickTime=2000
      initLimit=10
      syncLimit=5
      dataDir=/volumes/zookeeper-2/data
      clientPort=9091
      clientPortAddress=127.7.0.2
      minSessionTimeout=4000
      maxSessionTimeout=120000
      maxClientCnxns=0
      4lw.commands.whitelist=*
      admin.enableServer=false
      server.1=127.7.0.1:9092:9093
      server.2=127.7.0.2:9092:9093
      server.3=127.7.0.3:9092:9093
      "
    `);
  });

  it('lets one server stand alone', () => {
    expect(layout({ servers: 1 }).config(0)).not.toContain('server.');
  });

  it('puts the number of a server into its volume', () => {
    const { nodes } = layout({});
    expect(nodes.map(({ volumeFiles }) => volumeFiles?.['data'])).toEqual([
      { myid: '1\n' },
      { myid: '2\n' },
      { myid: '3\n' },
    ]);
  });

  it('tells clients where all servers are', () => {
    const { spec, book } = layout({});
    expect(connectString(spec, book)).toBe('127.7.0.1:9091,127.7.0.2:9091,127.7.0.3:9091');
  });

  it('starts either line of versions with what its pom leaves out', () => {
    expect(layout({ version: '3.8.6' }).nodes[0]?.start.jvm).toMatchInlineSnapshot(`
      {
        "args": [
          "/files/zookeeper-1/zoo.cfg",
        ],
        "flags": [
          "-Xms64m",
          "-Xmx128m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Djava.awt.headless=true",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dlogback.configurationFile=/files/zookeeper-1/logback.xml",
        ],
        "jars": [
          "org.apache.zookeeper:zookeeper:3.8.6",
          "org.xerial.snappy:snappy-java:1.1.10.5",
          "io.dropwizard.metrics:metrics-core:4.1.12.1",
          "org.slf4j:slf4j-api:2.0.13",
          "ch.qos.logback:logback-core:1.3.15",
          "ch.qos.logback:logback-classic:1.3.15",
        ],
        "main": "org.apache.zookeeper.server.quorum.QuorumPeerMain",
        "prepare": [],
      }
    `);
  });
});
