import type { JsonObject } from '../core/json.ts';
import type { TopicPartition } from '../record/names.ts';
import type { Share, TargetRule } from '../record/targets.ts';
import type { FaultRef } from './scenario.ts';

/** The active controller when the step is due. */
export const controller = (): TargetRule => ({ leaderOf: 'controller' });

/** The broker that coordinates the workload's consumer group. */
export const groupCoordinator = (): TargetRule => ({ leaderOf: 'group' });

/** The broker that coordinates a transactional id. */
export const transactionCoordinator = (transactionalId: string): TargetRule => ({
  leaderOf: { transactionalId },
});

/** The server that leads the ZooKeeper ensemble. */
export const zookeeperLeader = (): TargetRule => ({ leaderOf: 'zookeeper' });

/** A server of the ZooKeeper ensemble that does not lead it. */
export const zookeeperFollower = (): TargetRule => ({ followerOf: 'zookeeper' });

/** A broker that is in sync with a partition and does not lead it. */
export const followerOf = (topic: string, partition: number): TargetRule => ({
  followerOf: { topic, partition },
});

/** The one replica that is left in the in-sync set of a partition. */
export const lastInSyncOf = (topic: string, partition: number): TargetRule => ({
  lastInSyncOf: { topic, partition },
});

/** The broker that leads the partition when the fault is due. */
export const leaderOf = (topic: string, partition: number): TargetRule => ({
  leaderOf: { topic, partition },
});

/** The first `count` nodes of a role, or a share that the seed picks: `role('broker', 'one')`. */
export const role = (name: string, count: number | Share = 1): TargetRule => ({
  role: name,
  count,
});

/** These nodes: `nodes('broker-2')`. */
export const nodes = (...ids: readonly string[]): TargetRule => ({ nodes: ids });

/**
 * The process dies by SIGKILL and stays away for the hold; with `wipe` that partition's folder is
 * deleted too.
 */
export const down = (
  target: TargetRule,
  options: { readonly wipe?: TopicPartition } = {},
): FaultRef => ({
  fault: 'down',
  target,
  params: (options.wipe === undefined ? {} : { wipe: { ...options.wipe } }) satisfies JsonObject,
});

/** The process dies by SIGKILL; what supervises it there may bring it back at once. */
export const crash = (target: TargetRule): FaultRef => ({ fault: 'crash', target, params: {} });
