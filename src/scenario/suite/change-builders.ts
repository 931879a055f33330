import type { JsonObject } from '../../core/json.ts';
import type { ChangeRef, TopicSpec } from './scenario.ts';

/** Nodes of a change: a role, nodes by their ids, or both; all of them when neither is said. */
export interface WhichNodes {
  readonly role?: string;
  readonly nodes?: readonly string[];
}

/** Every node is stopped by SIGTERM and started again, one after the other. */
export const rollingRestart = (which: WhichNodes = {}): ChangeRef => ({
  change: 'rolling-restart',
  params: paramsOf(which),
});

/**
 * Every node of Kafka comes back as another version, one after the other, controllers first; then
 * metadata.version is raised as high as it goes, or `features` to the levels that are said.
 */
export const rollingUpgrade = (options: {
  readonly to: string;
  readonly features?: 'keep' | Readonly<Record<string, number>>;
}): ChangeRef => ({
  change: 'rolling-upgrade',
  params: {
    to: options.to,
    ...(options.features === undefined ? {} : { features: options.features }),
  },
});

/**
 * So many reserved brokers (`brokersMax`) are launched, and all topics spread evenly over old and
 * new.
 */
export const addBrokers = (count = 1): ChangeRef => ({ change: 'add-brokers', params: { count } });

/**
 * Everything is moved off so many brokers, the last ones, or off those that are named; then they
 * are stopped and unregistered.
 */
export const removeBrokers = (which: number | readonly string[] = 1): ChangeRef => ({
  change: 'remove-brokers',
  params: typeof which === 'number' ? { count: which } : { nodes: [...which] },
});

/**
 * The partitions of a topic are spread evenly over all brokers, or all but some; or moved to the
 * brokers that are listed for each, the preferred leader first.
 */
export const reassign = (
  topic: string,
  to: {
    readonly without?: readonly string[];
    readonly replicas?: readonly (readonly string[])[];
  } = {},
): ChangeRef => ({
  change: 'reassign',
  params: {
    topic,
    ...(to.without === undefined ? {} : { without: [...to.without] }),
    ...(to.replicas === undefined ? {} : { replicas: to.replicas.map((nodes) => [...nodes]) }),
  },
});

/** Keys of a topic, or of brokers, are set while they run; null gives a key its default back. */
export const alterConfig = (
  of: { readonly topic: string } | WhichNodes,
  set: Readonly<Record<string, string | number | boolean | null>>,
): ChangeRef => ({
  change: 'alter-config',
  params: {
    ...('topic' in of ? { topic: of.topic } : paramsOf(of)),
    set: Object.fromEntries(
      Object.entries(set).map(([key, value]) => [key, value === null ? null : String(value)]),
    ) satisfies JsonObject,
  },
});

/** A topic is created while others are under load. */
export const createTopic = (topic: string, spec: TopicSpec): ChangeRef => ({
  change: 'create-topic',
  params: { topic, ...spec } as unknown as JsonObject,
});

/** A topic that is under no load is deleted. */
export const deleteTopic = (topic: string): ChangeRef => ({
  change: 'delete-topic',
  params: { topic },
});

/** The first replica of every partition is made its leader, where it is in sync. */
export const electPreferred = (...topics: readonly string[]): ChangeRef => ({
  change: 'elect-preferred',
  params: topics.length === 0 ? {} : { topics: [...topics] },
});

const paramsOf = ({ role, nodes }: WhichNodes): ChangeRef['params'] => ({
  ...(role === undefined ? {} : { role }),
  ...(nodes === undefined ? {} : { nodes: [...nodes] }),
});
