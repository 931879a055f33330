import { describe, expect, it } from 'vitest';
import type { Profile } from '../../record/plan.ts';
import { nodeOfNumber, rolesOf } from './cluster-layout.ts';
import { compareVersions } from './distribution.ts';
import { nodeSpecs } from './node-specs.ts';
import { parseKafkaSpec } from './spec.ts';
import { paperBook } from './testing/paper-book.ts';

function layout(topology: object, profile: Profile = 'fast') {
  const parsed = parseKafkaSpec(topology);
  if (!('spec' in parsed)) throw new Error(parsed.problems.join('; '));
  const book = paperBook(rolesOf(parsed.spec));
  const clusterId = 'aaaaaaaaaaaaaaaaaaaaaa';
  return { book, nodes: nodeSpecs({ spec: parsed.spec, profile, book, clusterId }) };
}

const propertiesOf = (topology: object, node: string, profile: Profile = 'fast') =>
  layout(topology, profile).nodes.find(({ id }) => id === node)?.files['server.properties'];

describe('the layout of a Kafka cluster', () => {
  it('starts controllers before brokers, one volume each', () => {
    const { nodes } = layout({});
    expect(nodes.map(({ id, role }) => [id, role])).toEqual([
      ['controller-1', 'controller'],
      ['broker-1', 'broker'],
      ['broker-2', 'broker'],
      ['broker-3', 'broker'],
    ]);
  });

  it('gives a broker one listener per vantage', () => {
    expect(propertiesOf({ version: '4.3.1' }, 'broker-2')).toMatchInlineSnapshot(`
      "process.roles=broker
      node.id=2
      controller.quorum.voters=101@127.7.0.1:9091
      controller.listener.names=CONTROLLER
      listener.security.protocol.map=PEER:PLAINTEXT,LOAD:PLAINTEXT,CHECK:PLAINTEXT,CONTROLLER:PLAINTEXT
      listeners=PEER://127.7.1.2:9091,LOAD://127.7.1.2:9092,CHECK://127.7.1.2:9093
      advertised.listeners=PEER://127.7.1.2:9091,LOAD://127.7.1.2:9092,CHECK://127.7.1.2:9093
      inter.broker.listener.name=PEER
      log.dirs=/volumes/broker-2/data
      auto.create.topics.enable=false
      offsets.topic.replication.factor=3
      transaction.state.log.replication.factor=3
      transaction.state.log.min.isr=2
      broker.heartbeat.interval.ms=500
      broker.session.timeout.ms=3000
      controller.quorum.election.timeout.ms=500
      controller.quorum.fetch.timeout.ms=1000
      replica.lag.time.max.ms=5000
      replica.fetch.wait.max.ms=200
      replica.fetch.backoff.ms=200
      group.initial.rebalance.delay.ms=0
      group.min.session.timeout.ms=1000
      transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
      log.retention.check.interval.ms=1000
      leader.imbalance.check.interval.seconds=5
      offsets.topic.num.partitions=3
      transaction.state.log.num.partitions=3
      group.consumer.min.session.timeout.ms=3000
      group.consumer.session.timeout.ms=3000
      group.consumer.min.heartbeat.interval.ms=500
      group.consumer.heartbeat.interval.ms=500
      log.dir.failure.timeout.ms=3000
      unclean.leader.election.interval.ms=1000
      "
    `);
  });

  it('knows what 3.9 knows', () => {
    expect(propertiesOf({ version: '3.9.1' }, 'broker-1')).toBe(
      propertiesOf({ version: '4.3.1' }, 'broker-1'),
    );
    expect(propertiesOf({ version: '3.6.0' }, 'broker-1')).not.toContain('group.consumer');
  });

  it('gives a controller a listener of its own to be looked at', () => {
    expect(propertiesOf({ controllers: 3 }, 'controller-3', 'production')).toMatchInlineSnapshot(`
      "process.roles=controller
      node.id=103
      controller.quorum.voters=101@127.7.0.1:9091,102@127.7.0.2:9091,103@127.7.0.3:9091
      controller.listener.names=CONTROLLER,CHECK
      listener.security.protocol.map=CONTROLLER:PLAINTEXT,CHECK:PLAINTEXT
      listeners=CONTROLLER://127.7.0.3:9091,CHECK://127.7.0.3:9092
      log.dirs=/volumes/controller-3/data
      auto.create.topics.enable=false
      offsets.topic.replication.factor=3
      transaction.state.log.replication.factor=3
      transaction.state.log.min.isr=2
      "
    `);
  });

  it('makes every broker a voter when combined', () => {
    expect(propertiesOf({ combined: true }, 'broker-1', 'production')).toMatchInlineSnapshot(`
      "process.roles=broker,controller
      node.id=1
      controller.quorum.voters=1@127.7.0.1:9094,2@127.7.0.2:9094,3@127.7.0.3:9094
      controller.listener.names=CONTROLLER
      listener.security.protocol.map=PEER:PLAINTEXT,LOAD:PLAINTEXT,CHECK:PLAINTEXT,CONTROLLER:PLAINTEXT
      listeners=PEER://127.7.0.1:9091,LOAD://127.7.0.1:9092,CHECK://127.7.0.1:9093,CONTROLLER://127.7.0.1:9094
      advertised.listeners=PEER://127.7.0.1:9091,LOAD://127.7.0.1:9092,CHECK://127.7.0.1:9093
      inter.broker.listener.name=PEER
      log.dirs=/volumes/broker-1/data
      auto.create.topics.enable=false
      offsets.topic.replication.factor=3
      transaction.state.log.replication.factor=3
      transaction.state.log.min.isr=2
      "
    `);
  });

  it('waits shorter for a controller of before on ZooKeeper, in the fast profile only', () => {
    const onZooKeeper = { version: '3.9.1', mode: 'zookeeper' };
    const fast = propertiesOf(onZooKeeper, 'broker-1');
    expect(fast).toContain('zookeeper.session.timeout.ms=3000\n');
    expect(fast).toContain('controller.socket.timeout.ms=5000\n');
    const key = 'controller.socket.timeout';
    expect(propertiesOf(onZooKeeper, 'broker-1', 'production')).not.toContain(key);
    expect(propertiesOf({}, 'broker-1')).not.toContain(key);
  });

  it('keeps defaults of Kafka in the production profile but for what a small cluster needs', () => {
    expect(propertiesOf({ brokers: 1 }, 'broker-1', 'production')).toContain(
      'transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n',
    );
    expect(propertiesOf({}, 'broker-1', 'production')).not.toContain('session.timeout');
  });

  it('lets the suite have the last word', () => {
    const text = propertiesOf({ config: { 'broker.session.timeout.ms': 6000 } }, 'broker-1');
    expect(text).toContain('broker.session.timeout.ms=6000\n');
    expect(text).not.toContain('broker.session.timeout.ms=3000');
  });

  it('starts either version with a logging binding and its configuration', () => {
    const [old] = layout({ version: '3.9.1' }).nodes;
    const [young] = layout({ version: '4.3.1' }).nodes;
    expect(old?.start.jvm).toMatchInlineSnapshot(`
      {
        "args": [
          "/files/controller-1/server.properties",
        ],
        "flags": [
          "-Xms128m",
          "-Xmx384m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Djava.awt.headless=true",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dlog4j.configuration=file:/files/controller-1/log4j.properties",
        ],
        "jars": [
          "org.apache.kafka:kafka_2.13:3.9.1",
          "org.apache.kafka:kafka-tools:3.9.1",
          "org.slf4j:slf4j-reload4j:1.7.36",
        ],
        "main": "kafka.Kafka",
        "prepare": [
          {
            "args": [
              "format",
              "--cluster-id=aaaaaaaaaaaaaaaaaaaaaa",
              "-c",
              "/files/controller-1/server.properties",
              "--ignore-formatted",
            ],
            "main": "kafka.tools.StorageTool",
          },
        ],
      }
    `);
    expect(young?.start.jvm).toMatchInlineSnapshot(`
      {
        "args": [
          "/files/controller-1/server.properties",
        ],
        "flags": [
          "-Xms128m",
          "-Xmx384m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Djava.awt.headless=true",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dlog4j2.configurationFile=/files/controller-1/log4j2.properties",
        ],
        "jars": [
          "org.apache.kafka:kafka_2.13:4.3.1",
          "org.apache.kafka:kafka-tools:4.3.1",
          "org.apache.logging.log4j:log4j-api:2.25.4",
          "org.apache.logging.log4j:log4j-core:2.25.4",
          "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
        ],
        "main": "kafka.Kafka",
        "prepare": [
          {
            "args": [
              "format",
              "--cluster-id=aaaaaaaaaaaaaaaaaaaaaa",
              "-c",
              "/files/controller-1/server.properties",
              "--ignore-formatted",
            ],
            "main": "kafka.tools.StorageTool",
          },
        ],
      }
    `);
    expect(Object.keys(old?.files ?? {})).toEqual(['server.properties', 'log4j.properties']);
    expect(Object.keys(young?.files ?? {})).toEqual(['server.properties', 'log4j2.properties']);
  });

  it('finds the node of a number, reserved ones included, and refuses strangers', () => {
    const { book } = layout({ brokers: 1, brokersMax: 3, controllers: 3 });
    expect([1, 3, 101, 103].map((number) => nodeOfNumber(number, book))).toEqual([
      'broker-1',
      'broker-3',
      'controller-1',
      'controller-3',
    ]);
    expect(() => nodeOfNumber(4, book)).toThrow('Kafka speaks of node 4, which is not ours');
    expect(() => nodeOfNumber(0, book)).toThrow('not ours');
  });

  it('orders versions by number', () => {
    expect(compareVersions('3.10.0', '3.9.1')).toBeGreaterThan(0);
    expect(compareVersions('4.0.0', '4.0.0')).toBe(0);
    expect(compareVersions('3.9.1', '4.0.0')).toBeLessThan(0);
  });
});
