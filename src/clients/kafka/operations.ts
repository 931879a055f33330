import type { TopicPartition } from '../../record/names.ts';

/**
 * What an operator does to a cluster on purpose. Each call returns when the cluster has taken the
 * order, not when it is carried out: whoever gives it looks for its effect. All of them may be
 * given twice, so that an answer that got lost does no harm.
 */
export interface LogOperations {
  /** One that is not there is no error. */
  deleteTopic(topic: string): Promise<void>;
  /** Sets keys of a topic or a broker while it runs, and leaves the others; null: the default. */
  alterConfig(of: ConfigOwner, changes: Readonly<Record<string, string | null>>): Promise<void>;
  /** Orders partitions onto these brokers, the preferred leader first. */
  reassign(moves: readonly Move[]): Promise<void>;
  /** Partitions that are on their way to other brokers. */
  reassigning(): Promise<readonly TopicPartition[]>;
  /** Has the first replica of each partition made its leader, where that is in sync. */
  electPreferred(partitions: readonly TopicPartition[]): Promise<void>;
  /** Forgets a broker that was taken out for good; false when the cluster does not know it. */
  unregister(broker: number): Promise<boolean>;
  /** Features as one broker knows them. */
  features(broker: number): Promise<FeatureView>;
  /** Raises the cluster's features to these levels. */
  raiseFeatures(levels: Readonly<Record<string, number>>): Promise<void>;
}

/** Whose configuration it is. */
export type ConfigOwner = { readonly broker: number } | { readonly topic: string };

/** Where a partition is to be, by broker numbers. */
export interface Move extends TopicPartition {
  readonly replicas: readonly number[];
}

/** Levels of features (KIP-584): what the cluster goes by, and what this broker could do. */
export interface FeatureView {
  /** Of those that are above level 0. */
  readonly finalized: Readonly<Record<string, number>>;
  readonly supportedMax: Readonly<Record<string, number>>;
}
