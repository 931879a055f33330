import { Option } from 'commander';
import { newSeed } from '../../src/cli/new-seed.ts';
import { readFlags, scriptCommand, wholeFromOne } from './read-flags.ts';

/** How Kafka is coordinated in the runs that are killed. */
export type Mode = 'kraft' | 'zookeeper';

/** What `npm run test:cleanup` is asked for. */
export interface Asked {
  /** How many runs are killed of each mode. */
  readonly kills: ReadonlyMap<Mode, number>;
  readonly seed: string;
}

/** Of `both`, so many fewer runs are killed in ZooKeeper mode. */
const ZOOKEEPER_SHARE = 4;

/** Reads the command line; throws as `readFlags` does. */
export function askedFor(args: readonly string[]): Asked {
  const { kills, mode, seed } = readFlags(
    scriptCommand('npm run test:cleanup', 'Kills whole runs, each at a random moment.')
      .addOption(
        new Option('--kills <count>', `runs that are killed; of both, 1 in ${ZOOKEEPER_SHARE} more`)
          .default(40)
          .argParser(wholeFromOne),
      )
      .addOption(
        new Option('--mode <mode>').choices(['kraft', 'zookeeper', 'both']).default('both'),
      )
      .addOption(new Option('--seed <seed>', 'draws the moments').default(newSeed(), 'a new one')),
    args,
  ).opts<{ kills: number; mode: Mode | 'both'; seed: string }>();
  if (mode !== 'both') return { seed, kills: new Map([[mode, kills]]) };
  const fewer = Math.ceil(kills / ZOOKEEPER_SHARE);
  return {
    seed,
    kills: new Map([
      ['kraft', kills],
      ['zookeeper', fewer],
    ]),
  };
}
