import type { Profile } from '../../record/plan.ts';
import { compareVersions } from './distribution.ts';
import type { KafkaSpec } from './spec.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * Settings that shorten time-outs so that a failover takes seconds. Their price: on a starved host
 * sessions of 3 s end for real without any fault. Results of the two profiles are never compared.
 */
const FAST: Settings = {
  'replica.lag.time.max.ms': '5000',
  'replica.fetch.wait.max.ms': '200',
  // A follower that asks a new leader too early asks again after this long, and acks=all waits.
  'replica.fetch.backoff.ms': '200',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
  'log.retention.check.interval.ms': '1000',
  'leader.imbalance.check.interval.seconds': '5',
  'offsets.topic.num.partitions': '3',
  'transaction.state.log.num.partitions': '3',
};

/** The same for what only a metadata quorum has. */
const FAST_KRAFT: Settings = {
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '3000',
  'controller.quorum.election.timeout.ms': '500',
  'controller.quorum.fetch.timeout.ms': '1000',
};

/**
 * The same for brokers on ZooKeeper: a broker is out when its session has expired, and the closed
 * socket of a dead one does not end it. A leader asks the controller that it knew to change an
 * in-sync set; one that lost its office while it was cut off never answers (docs/decisions/0030).
 */
const FAST_ZOOKEEPER: Settings = {
  'zookeeper.session.timeout.ms': '3000',
  'controller.socket.timeout.ms': '5000',
};

/**
 * The same for what came to KRaft with a later version: an older broker would warn of keys it does
 * not know.
 */
const FAST_KRAFT_SINCE: readonly (readonly [string, Settings])[] = [
  [
    '3.7.0',
    {
      'group.consumer.min.session.timeout.ms': '3000',
      'group.consumer.session.timeout.ms': '3000',
      'group.consumer.min.heartbeat.interval.ms': '500',
      'group.consumer.heartbeat.interval.ms': '500',
    },
  ],
  ['3.8.0', { 'log.dir.failure.timeout.ms': '3000' }],
  ['3.9.0', { 'unclean.leader.election.interval.ms': '1000' }],
];

/** What a cluster of fewer than three brokers cannot do without, in either profile. */
function replicationOf(brokers: number): Settings {
  const copies = String(Math.min(3, brokers));
  const inSync = String(Math.min(2, brokers));
  return {
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
  };
}

/** Settings of every node of a cluster; what the suite set itself comes last and wins. */
export function profileSettings(spec: KafkaSpec, profile: Profile): Settings {
  return {
    // A typo in a topic's name must be an error, not a topic with one replica.
    'auto.create.topics.enable': 'false',
    ...replicationOf(spec.brokers),
    ...(spec.mode === 'zookeeper' ? PATIENCE : {}),
    ...(profile === 'fast' ? fastSettings(spec) : {}),
    ...spec.config,
  };
}

/**
 * Brokers and ensemble are started side by side, and a broker that finds no ensemble within this
 * time exits. Unless told it is the session's time-out, which is too short on a busy machine.
 */
const PATIENCE: Settings = { 'zookeeper.connection.timeout.ms': '90000' };

function fastSettings({ mode, version }: KafkaSpec): Settings {
  if (mode === 'zookeeper') return { ...FAST_ZOOKEEPER, ...FAST };
  const later = FAST_KRAFT_SINCE.filter(([since]) => compareVersions(version, since) >= 0);
  const all = [FAST_KRAFT, FAST, ...later.map(([, settings]) => settings)];
  return Object.assign({}, ...all) as Settings;
}

type Timings = Readonly<Record<string, { default: number; of: 'controller' | 'broker' }>>;

const KRAFT_TIMINGS: Timings = {
  'broker.heartbeat.interval.ms': { default: 2_000, of: 'broker' },
  'broker.session.timeout.ms': { default: 9_000, of: 'controller' },
  'controller.quorum.election.timeout.ms': { default: 1_000, of: 'controller' },
  'controller.quorum.fetch.timeout.ms': { default: 2_000, of: 'controller' },
  'replica.lag.time.max.ms': { default: 30_000, of: 'broker' },
  'controller.socket.timeout.ms': { default: 30_000, of: 'broker' },
  'leader.imbalance.check.interval.seconds': { default: 300, of: 'controller' },
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': { default: 10_000, of: 'broker' },
};

/** The controller is one of the brokers; a broker is out when its session has expired. */
const ZOOKEEPER_TIMINGS: Timings = {
  'zookeeper.session.timeout.ms': { default: 18_000, of: 'broker' },
  'replica.lag.time.max.ms': { default: 30_000, of: 'broker' },
  'controller.socket.timeout.ms': { default: 30_000, of: 'broker' },
  'leader.imbalance.check.interval.seconds': { default: 300, of: 'broker' },
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': { default: 10_000, of: 'broker' },
};

/**
 * Kafka's defaults of the settings that bound a failover, and whose value counts: that of the
 * active controller or that of each broker.
 */
export const timingsOf = ({ mode }: KafkaSpec): Timings =>
  mode === 'zookeeper' ? ZOOKEEPER_TIMINGS : KRAFT_TIMINGS;

/** What those settings should be by the layout, until the running system has told. */
export function expectedTimings(
  spec: KafkaSpec,
  profile: Profile,
): Readonly<Record<string, number>> {
  const settings = profileSettings(spec, profile);
  return Object.fromEntries(
    Object.entries(timingsOf(spec)).map(([key, timing]) => [
      key,
      Number(settings[key] ?? timing.default),
    ]),
  );
}

/** The session that brokers ask ZooKeeper for, in milliseconds. */
export const zookeeperSessionMs = (spec: KafkaSpec, profile: Profile): number =>
  expectedTimings(spec, profile)['zookeeper.session.timeout.ms'] ?? 0;
