import { Option } from 'commander';
import { ENVIRONMENTS } from '../../src/registry.ts';
import { PARTS, type Part } from '../bench/figure.ts';
import { readFlags, scriptCommand, someOf } from './read-flags.ts';

/** What `npm run bench` is asked for. */
export interface Asked {
  readonly only: readonly Part[];
  readonly env: readonly string[];
  readonly out: string;
}

/** Where a start takes time: not in memory. */
const REAL = ENVIRONMENTS.filter((name) => name !== 'memory');

/** Reads the command line; throws as `readFlags` does. */
export const askedFor = (args: readonly string[]): Asked =>
  readFlags(
    scriptCommand('npm run bench', 'Measures how quick the harness itself is, as ratios.')
      .addOption(
        new Option('--only <parts>', `some of ${PARTS.join(',')}`)
          .default(PARTS, 'all')
          .argParser(someOf(PARTS)),
      )
      .addOption(
        new Option('--env <names>', `where systems are started: some of ${REAL.join(',')}`)
          .default(['local'], 'local')
          .argParser(someOf(REAL)),
      )
      .option('--out <file>', 'all figures, as JSON', 'reports/bench.json'),
    args,
  ).opts<Asked>();
