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
        heapMiB: 384,
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
      mode: 'zookeeper',
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
          "kafka.mode: expected "kraft", the only mode there is so far, got "zookeeper" (string)",
          "kafka.brokers: expected a whole number from 1 to 9, got -1 (number)",
          "kafka.controllers: expected an odd number of controllers, got 2 (number)",
          "kafka.combined: expected true or false, got "yes" (string)",
          "kafka.config.num.io.threads: expected text, a number or true/false, got [4] (a list)",
          "kafka.broker: unknown key; known are version, mode, brokers, brokersMax, controllers, combined, heapMiB, config",
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
      problems: [
        'kafka.version: expected a version from 3.3.0 on, where KRaft is ready for use,' +
          ' got "3.2.3" (string)',
      ],
    });
  });

  it.each([[null], ['three brokers'], [[1]]])('refuses %j as a whole', (topology) => {
    expect(parseKafkaSpec(topology)).toHaveProperty('problems.length', 1);
  });
});
