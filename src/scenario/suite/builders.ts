import type { JsonObject } from '../../core/json.ts';
import type { Span } from '../../core/time.ts';
import type { TopicPartition } from '../../record/names.ts';
import type { Office, Share, TargetRule } from '../../record/targets.ts';
import type { Composed, FaultRef, Step } from './scenario.ts';

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

/**
 * A broker that is in sync with a partition and does not lead it; with `but`, one that does not
 * hold that office either (in ZooKeeper mode a broker is the controller).
 */
export const followerOf = (
  topic: string,
  partition: number,
  options: { readonly but?: Office } = {},
): TargetRule => ({ followerOf: { topic, partition }, ...options });

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
 * deleted too, and with `lastCopy` even when nobody else is in sync.
 */
export const down = (
  target: TargetRule,
  options: { readonly wipe?: TopicPartition; readonly lastCopy?: true } = {},
): FaultRef => ({
  fault: 'down',
  target,
  params: {
    ...(options.wipe === undefined ? {} : { wipe: { ...options.wipe } }),
    ...(options.lastCopy === undefined ? {} : { lastCopy: true }),
  } satisfies JsonObject,
});

/** The process is asked to leave by SIGTERM and stays away for the hold. */
export const stop = (target: TargetRule): FaultRef => ({ fault: 'stop', target, params: {} });

/** The process stands still by SIGSTOP, its connections open, and goes on after the hold. */
export const pause = (target: TargetRule): FaultRef => ({ fault: 'pause', target, params: {} });

/** The process ends by SIGTERM, or with `hard` by SIGKILL, and is started again at once. */
export const restart = (
  target: TargetRule,
  options: { readonly hard?: boolean } = {},
): FaultRef => ({
  fault: 'restart',
  target,
  params: options.hard === undefined ? {} : { hard: options.hard },
});

/** The disk of a node's logs is full; the topology has to limit it: `kafka.dataLimitMiB`. */
export const diskFull = (target: TargetRule): FaultRef => ({
  fault: 'disk-full',
  target,
  params: {},
});

/** Writes to the disk of a node's logs fail; the topology has to limit it: `kafka.dataLimitMiB`. */
export const diskFailed = (target: TargetRule): FaultRef => ({
  fault: 'disk-failed',
  target,
  params: {},
});

/** Random harm under the limits of the scenario: the same seed gives the same steps. */
export const nemesis = (options: Composed['nemesis']): Composed => ({ nemesis: options });

/** All of these at the same moment, each a step of its own: `...atOnce({ at, hold }, …)`. */
export const atOnce = (
  when: { readonly at: Span; readonly hold: Span },
  ...faults: readonly FaultRef[]
): Step[] => faults.map((fault) => ({ ...when, fault }));

/** The process dies by SIGKILL; what supervises it there may bring it back at once. */
export const crash = (target: TargetRule): FaultRef => ({ fault: 'crash', target, params: {} });
