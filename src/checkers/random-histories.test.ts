import { describe, expect, it } from 'vitest';
import { type Rng, rngOf } from '../core/rng.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Checker } from './checker.ts';
import { noDuplicatesChecker } from './no-duplicates.ts';
import { noLossChecker } from './no-loss.ts';
import { noStrangersChecker } from './no-strangers.ts';
import { orderChecker } from './order.ts';
import {
  cleanWorld,
  delayUnknown,
  type Entry,
  placed,
  recordOfWorld,
  type World,
} from './test/a-world.ts';

/**
 * A random clean history must raise no alarm; with one defect planted, exactly the alarm of that
 * defect.
 */
const CHECKERS: readonly Checker[] = [
  noLossChecker,
  noDuplicatesChecker,
  orderChecker,
  noStrangersChecker,
];
const alarmsOf = (record: RunRecord): string[] => [
  ...new Set(
    CHECKERS.flatMap((checker) => {
      const { outcome, anomalies, because } = checker.check(record, {});
      if (outcome === 'inconclusive') return [`INCONCLUSIVE ${because}`];
      return anomalies.map(({ code }) => code);
    }),
  ),
];

const NOBODY: Entry = { session: 'p0', partition: 0, sequence: 0 };

const MUTATIONS: Record<string, (world: World, rng: Rng) => void> = {
  LOST(world, rng) {
    const { log, at } = rng.pick(placed(world));
    log.splice(at, 1);
  },
  DUP_LOG(world, rng) {
    const { log, at } = rng.pick(placed(world));
    // A second copy behind the first: at the end, as a late retry would be.
    log.push({ ...(log[at] as Entry) });
  },
  REORDER(world, rng) {
    const all = placed(world);
    const pairs = all.flatMap((first, index) => {
      const second = all
        .slice(index + 1)
        .find(({ of }) => of.session === first.of.session && of.partition === first.of.partition);
      return second === undefined ? [] : [{ first, second }];
    });
    const { first, second } = rng.pick(pairs);
    const { log } = first;
    [log[first.at], log[second.at]] = [log[second.at] as Entry, log[first.at] as Entry];
  },
  PHANTOM(world, rng) {
    const log = rng.pick(world.logs);
    log.splice(rng.below(log.length + 1), 0, { ...NOBODY, sequence: 5_000 });
  },
  CORRUPT(world, rng) {
    const log = rng.pick(world.logs);
    log.splice(rng.below(log.length + 1), 0, { ...NOBODY, corrupt: true });
  },
  WRONG_PARTITION(world, rng) {
    const { log, at, of } = rng.pick(placed(world));
    const elsewhere = world.logs[(of.partition + 1) % world.partitions] as Entry[];
    elsewhere.splice(rng.below(elsewhere.length + 1), 0, { ...(log[at] as Entry) });
  },
};

describe('the checkers of the log', () => {
  it('raise no alarm in 10 000 clean histories', { timeout: 120_000 }, () => {
    for (let seed = 0; seed < 10_000; seed += 1) {
      const rng = rngOf(`clean ${seed}`);
      const world = cleanWorld(rng);
      delayUnknown(world, rng);
      const alarms = alarmsOf(recordOfWorld(world));
      if (alarms.length > 0) expect.fail(`seed ${seed}: ${alarms.join(', ')}`);
    }
  });

  it.each(Object.keys(MUTATIONS))('raise exactly %s when that is planted', (code) => {
    const plant = MUTATIONS[code] as (world: World, rng: Rng) => void;
    let planted = 0;
    for (let seed = 0; planted < 300; seed += 1) {
      const rng = rngOf(`${code} ${seed}`);
      const world = cleanWorld(rng);
      if (code === 'WRONG_PARTITION' && world.partitions === 1) continue;
      plant(world, rng);
      planted += 1;
      expect(alarmsOf(recordOfWorld(world)), `seed ${seed}`).toEqual([code]);
    }
  });
});
