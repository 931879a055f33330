import type { JsonObject } from '../core/json.ts';
import type { TopicPartition } from '../record/names.ts';
import type { TargetRule } from '../record/plan.ts';
import type { FaultRef } from './scenario.ts';

/** The broker that leads the partition when the fault is due. */
export const leaderOf = (topic: string, partition: number): TargetRule => ({
  leaderOf: { topic, partition },
});

/** The first `count` nodes of a role: `role('controller')`. */
export const role = (name: string, count = 1): TargetRule => ({ role: name, count });

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
