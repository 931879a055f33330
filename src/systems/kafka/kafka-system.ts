import type { SystemKind } from '../system.ts';
import { rolesOf } from './cluster-layout.ts';
import { kafkaSut } from './kafka-sut.ts';
import { nodeSpecs } from './node-specs.ts';
import { type KafkaSpec, parseKafkaSpec } from './spec.ts';

/** Kafka in KRaft mode: brokers with controllers of their own, or combined nodes. */
export const kafkaSystem: SystemKind<KafkaSpec> = {
  name: 'kafka',
  parse: parseKafkaSpec,
  roles: rolesOf,
  software: ({ version }) => [{ name: 'kafka', version }],
  nodes: (...[spec, profile, book, clusterId]) => nodeSpecs({ spec, profile, book, clusterId }),
  connect: async (input) => kafkaSut(input),
};
