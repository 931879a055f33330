/**
 * Acts from the inside of the simulated log, once its occasion has come, and at most so many times.
 * It goes through the log's own ways where it can: a duplicate is an append like any other, and is
 * replicated, served and kept as one.
 */
import { rngOf } from '../../../core/rng.ts';
import { showPartition } from '../../../record/names.ts';
import type { SimBatch } from '../batch.ts';
import type { ControllerHooks } from '../controller.ts';
import type { PartitionHooks, Produced, ProduceRequest, SimPartition } from '../partition.ts';
import type { Act } from './act.ts';
import { actOf } from './acts.ts';
import type { Occasion, World } from './occasion.ts';
import type { Sabotage } from './sabotage.ts';

/** Every place where the log asks whether somebody meddles with it. */
export interface Saboteur extends PartitionHooks, ControllerHooks {
  /** How often it has acted. */
  readonly acted: number;
  /** A producer got its acknowledgement this moment. */
  acknowledged(of: SimPartition, request: ProduceRequest, produced: Produced): void;
  /** Whether a live consumer is not given this batch. */
  hides(of: SimPartition, batch: SimBatch): boolean;
  /** Whether live consumers are given nothing at all. */
  holdsBack(of: SimPartition): boolean;
}

/** The saboteur for a sabotage; without one, somebody who never meddles. */
export function saboteurOf(sabotage: Sabotage | undefined, world: World): Saboteur {
  const occasion = sabotage === undefined ? undefined : occasionFor(sabotage);
  const act: Act =
    sabotage === undefined || occasion === undefined ? {} : actOf(sabotage, { occasion, world });
  return {
    get acted() {
      return occasion?.count ?? 0;
    },
    acknowledged: (of, request, produced) => {
      occasion?.acknowledged(of, request.values.length);
      act.acknowledged?.(of, request, produced);
    },
    produced: (of, request, reply) => act.produced?.(of, request, reply) ?? false,
    overlooksMinIsr: (of) => act.overlooksMinIsr?.(of) ?? false,
    elected: (of, log) => act.elected?.(of, log),
    fencingIn: (wait) => (act.fencingIn === undefined ? wait : act.fencingIn(wait)),
    electionIn: (of) => (act.electionIn === undefined ? 0 : act.electionIn(of)),
    hides: (of, batch) => act.hides?.(of, batch) ?? false,
    holdsBack: (of) => act.holdsBack?.(of) ?? false,
  };
}

const AFTER_LEAST = 100;
const AFTER_SPREAD = 100;

function occasionFor(sabotage: Sabotage): Occasion {
  const rng = rngOf(sabotage.seed ?? 'sabotage');
  const every = sabotage.after ?? AFTER_LEAST + rng.fork('after').below(AFTER_SPREAD);
  const acknowledged = new Map<SimPartition, number>();
  let where = sabotage.of === undefined ? undefined : showPartition(sabotage.of);
  let count = 0;
  const isHere = (of: SimPartition): boolean => where === undefined || where === of.name;
  const isLeft = (): boolean => count < (sabotage.times ?? 1);
  return {
    rng,
    get count() {
      return count;
    },
    acknowledged: (of, records) => {
      acknowledged.set(of, (acknowledged.get(of) ?? 0) + records);
    },
    isLeft,
    isOpen: (of) => isLeft() && isHere(of),
    isDue: (of) => isLeft() && isHere(of) && (acknowledged.get(of) ?? 0) >= every * (count + 1),
    take: (of) => {
      where ??= of?.name;
      count += 1;
    },
  };
}
