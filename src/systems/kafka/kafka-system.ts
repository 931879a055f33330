import type { SystemKind } from '../system.ts';
import { rolesOf } from './cluster-layout.ts';
import { kafkaSut } from './kafka-sut.ts';
import { nodeSpecs } from './node-specs.ts';
import { type KafkaSpec, parseKafkaSpec } from './spec.ts';

/**
 * Kafka in KRaft mode, with controllers of their own or combined nodes; and up to 3.9 in ZooKeeper
 * mode, with an ensemble.
 */
export const kafkaSystem: SystemKind<KafkaSpec> = {
  name: 'kafka',
  parse: parseKafkaSpec,
  roles: rolesOf,
  software: ({ version, zookeeper }) => [
    { name: 'kafka', version },
    ...(zookeeper === null ? [] : [{ name: 'zookeeper', version: zookeeper.version }]),
  ],
  nodes: (...[spec, profile, book, clusterId]) => nodeSpecs({ spec, profile, book, clusterId }),
  connect: async (input) => kafkaSut(input),
};
