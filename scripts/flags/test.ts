import { Option } from 'commander';
import { readFlags, scriptCommand, wholeFromOne } from './read-flags.ts';

/** What `npm test` is asked for. */
export interface Asked {
  readonly containers: boolean;
  readonly kubernetes: boolean;
  readonly all: boolean;
  readonly kills: number;
}

/** Reads the command line; throws as `readFlags` does. */
export const askedFor = (args: readonly string[]): Asked =>
  readFlags(
    scriptCommand('npm test', 'Checks, then tests, a stage each; a skipped test counts as failed.')
      .option('--containers', 'with those that need a container engine', false)
      .option('--kubernetes', 'with those that need kind', false)
      .option('--all', 'with those that are for the night', false)
      .addOption(
        new Option('--kills <count>', 'how often a harness is killed in containers, on Kubernetes')
          .default(10)
          .argParser(wholeFromOne),
      ),
    args,
  ).opts<Asked>();
