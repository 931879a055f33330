import { describe, expect, it } from 'vitest';
import { parseKafkaSpec } from './spec.ts';

describe('the spec of a Kafka cluster', () => {
  it('fills in defaults', () => {
    expect(parseKafkaSpec({})).toEqual({
      spec: {
        version: '4.3.1',
        mode: 'kraft',
        brokers: 3,
        brokersMax: 3,
        controllers: 1,
        combined: false,
        zookeeper: null,
        heapMiB: 384,
        dataLimitMiB: null,
        config: {},
      },
    });
  });

  it('writes numbers and switches of the config as Kafka reads them', () => {
    const config = { 'num.io.threads': 4, 'log.preallocate': true, 'compression.type': 'zstd' };
    expect(parseKafkaSpec({ config })).toMatchObject({
      spec: {
        config: { 'num.io.threads': '4', 'log.preallocate': 'true', 'compression.type': 'zstd' },
      },
    });
  });

  it('reports every problem at once, with what was expected and what was got', () => {
    const wrong = {
      version: 'latest',
      mode: 'zoo',
      broker: 3,
      brokers: -1,
      controllers: 2,
      combined: 'yes',
      config: { 'num.io.threads': [4] },
    };
    expect(parseKafkaSpec(wrong)).toMatchInlineSnapshot(`
      {
        "problems": [
          "kafka.version: expected a version such as "4.3.1", got "latest" (string)",
          "kafka.mode: expected "kraft" or "zookeeper", got "zoo" (string)",
          "kafka.brokers: expected a whole number from 1 to 9, got -1 (number)",
          "kafka.controllers: expected an odd number of controllers, got 2 (number)",
          "kafka.combined: expected true or false, got "yes" (string)",
          "kafka.config.num.io.threads: expected text, a number or true/false, got [4] (a list)",
          "kafka.broker: unknown key; known are version, mode, brokers, brokersMax, controllers, combined, zookeeper, heapMiB, dataLimitMiB, config",
        ],
      }
    `);
  });

  it('refuses keys that the layout owns', () => {
    expect(parseKafkaSpec({ config: { 'node.id': 7, 'log.dirs': '/tmp' } })).toMatchInlineSnapshot(`
      {
        "problems": [
          "kafka.config.node.id: is laid out by highwater and cannot be set, got 7 (number)",
          "kafka.config.log.dirs: is laid out by highwater and cannot be set, got "/tmp" (string)",
        ],
      }
    `);
  });

  it('refuses a maximum below the number of brokers', () => {
    expect(parseKafkaSpec({ brokers: 3, brokersMax: 2 })).toEqual({
      problems: ['kafka.brokersMax: expected at least the number of brokers, 3, got 2 (number)'],
    });
  });

  it('refuses versions from before KRaft was ready', () => {
    expect(parseKafkaSpec({ version: '3.2.3' })).toEqual({
      problems: ['kafka.version: expected a version from 3.3.0 on, got "3.2.3" (string)'],
    });
  });

  it('fills in an ensemble in ZooKeeper mode, and passes over what only KRaft has', () => {
    const topology = { version: '3.9.1', mode: 'zookeeper', controllers: 3, combined: true };
    expect(parseKafkaSpec(topology)).toMatchObject({
      spec: {
        mode: 'zookeeper',
        controllers: 0,
        combined: false,
        zookeeper: { version: '3.9.5', servers: 3, heapMiB: 128 },
      },
    });
    const told = { ...topology, zookeeper: { version: '3.8.6', servers: 1 } };
    expect(parseKafkaSpec(told)).toMatchObject({
      spec: { zookeeper: { version: '3.8.6', servers: 1 } },
    });
    expect(parseKafkaSpec({ ...told, mode: 'kraft' })).toMatchObject({ spec: { zookeeper: null } });
  });

  it('refuses ZooKeeper mode where Kafka has none, and an ensemble that nobody asked to use', () => {
    expect(parseKafkaSpec({ mode: 'zookeeper' })).toEqual({
      problems: [
        'kafka.mode: Kafka has no ZooKeeper mode from 4.0.0 on (KIP-833), and kafka.version is 4.3.1,' +
          ' got "zookeeper" (string)',
      ],
    });
    expect(parseKafkaSpec({ version: '3.9.1', zookeeper: {} })).toEqual({
      problems: [
        'kafka.zookeeper: has a meaning with kafka.mode "zookeeper" only,' +
          ' got {"version":"3.9.5","servers":3,"heapMiB":128} (object)',
      ],
    });
  });

  it('tells what is wrong with an ensemble', () => {
    const zookeeper = { version: '3.7.2', servers: 2, server: 3 };
    expect(parseKafkaSpec({ version: '3.9.1', mode: 'zookeeper', zookeeper })).toEqual({
      problems: [
        'kafka.zookeeper.version: expected 3.8.x or 3.9.x, by its number, got "3.7.2" (string)',
        'kafka.zookeeper.servers: expected 1, 3 or 5, got 2 (number)',
        'kafka.zookeeper.server: unknown key; known are version, servers, heapMiB',
      ],
    });
  });

  it.each([[null], ['three brokers'], [[1]]])('refuses %j as a whole', (topology) => {
    expect(parseKafkaSpec(topology)).toHaveProperty('problems.length', 1);
  });
});
