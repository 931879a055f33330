import type { NodeId, Role, SessionId, TopicPartition } from './names.ts';

/**
 * Whom a step of the timeline means. A rule is data and is resolved when the step is due, because
 * leaders move; what it came to is told in the history.
 */
export type TargetRule =
  /** The broker that leads a partition, or the node that holds an office. */
  | { readonly leaderOf: TopicPartition | Office }
  /**
   * A replica in sync that does not lead; of an office, a node that could hold it and does not.
   * Never whoever holds the office `but`.
   */
  | { readonly followerOf: TopicPartition | Office; readonly but?: Office | undefined }
  /** The one replica that is left in the in-sync set; waited for within the step's limit. */
  | { readonly lastInSyncOf: TopicPartition }
  /** The first `count` nodes of a role, or a share of it that the seed picks; one unless told. */
  | { readonly role: Role; readonly count?: number | Share }
  | { readonly nodes: readonly NodeId[] }
  /** Members of the workload's consumer group, by session, or a share that the seed picks. */
  | { readonly members: readonly SessionId[] | Share };

/**
 * What one node of a system does for all: the active controller, the coordinator of the workload's
 * group or of a transactional id, the leader of the ZooKeeper ensemble.
 */
export type Office = 'controller' | 'group' | 'zookeeper' | { readonly transactionalId: string };

/** How many of a set: a minority is the most that leaves a majority, a majority the least. */
export type Share = 'one' | 'minority' | 'majority' | 'all';
