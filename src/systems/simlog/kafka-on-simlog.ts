import { type KafkaSpec, parseKafkaSpec } from '../kafka/spec.ts';
import type { SystemKind } from '../system.ts';
import type { SimlogSystem } from './simlog-system.ts';
import type { SimlogSpec } from './spec.ts';

/**
 * Stands in for Kafka where nodes are virtual, so that the same suite runs in milliseconds: the
 * topology is Kafka's, and so is the plan; what runs is the simulated log with as many brokers.
 * Versions, controllers, an ensemble and settings have no meaning in the model.
 */
export function kafkaOnSimlog(simlog: SimlogSystem): SystemKind<KafkaSpec> {
  const like = ({ brokers, config }: KafkaSpec): SimlogSpec => ({
    brokers,
    sessionTimeoutMs: null,
    heartbeatIntervalMs: null,
    config,
    seed: 'simlog',
  });
  return {
    name: 'kafka',
    // Without an ensemble there is nothing that could be asked of it.
    parse: (topology) => {
      const parsed = parseKafkaSpec(topology);
      return 'spec' in parsed ? { spec: { ...parsed.spec, zookeeper: null } } : parsed;
    },
    roles: (spec, profile) => simlog.roles(like(spec), profile),
    software: (spec) => simlog.software(like(spec)),
    // oxlint-disable-next-line max-params -- the signature is the port's
    nodes: (spec, profile, book, clusterId) => simlog.nodes(like(spec), profile, book, clusterId),
    connect: (input) => simlog.connect({ ...input, spec: like(input.spec) }),
  };
}
