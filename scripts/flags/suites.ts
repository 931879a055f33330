import { type Command, InvalidArgumentError, Option } from 'commander';
import { PROFILES } from '../../src/record/plan.ts';
import { ENVIRONMENTS } from '../../src/registry.ts';
import { readFlags, scriptCommand, wholeFromOne } from './read-flags.ts';

/** What `npm run suites` is asked for. */
export interface Asked {
  readonly suites: readonly string[];
  readonly times: number;
  readonly env: string;
  readonly profile: string;
  readonly out: string;
  readonly grep: string | undefined;
  /** Refused scenarios do not decide the exit code. */
  readonly refusedOk: boolean;
  /** As `highwater run --set` takes it. */
  readonly set: readonly string[];
}

const command = (): Command =>
  scriptCommand('npm run suites', 'Runs suites one after the other; all unless told.')
    .usage('-- [suites…] [flags]')
    .argument('[suites...]', 'files, folders, or names below suites/')
    .addOption(
      new Option('--times <count>', 'how often everything is run')
        .default(1)
        .argParser(wholeFromOne),
    )
    .addOption(new Option('--env <name>').choices(ENVIRONMENTS).default('local'))
    .addOption(
      new Option('--version <x.y.z>', "Kafka's, in place of the suites'").argParser(semver),
    )
    .addOption(new Option('--mode <mode>', "in place of the suites'").choices(MODES))
    .addOption(new Option('--profile <profile>').choices(PROFILES).default('fast'))
    .option('--grep <pattern>', 'only scenarios whose name matches')
    .option('--out <folder>', 'where run directories and suites.md go', 'reports')
    .option('--refused-ok', 'scenarios that are refused do not decide the exit code', false);

const MODES = ['kraft', 'zookeeper'];

function semver(text: string): string {
  if (/^\d+\.\d+\.\d+$/.test(text)) return text;
  throw new InvalidArgumentError('Expected three numbers, as 3.9.1.');
}

/** Reads the command line; throws as `readFlags` does. */
export function askedFor(args: readonly string[]): Asked {
  const read = readFlags(command(), args);
  const { version, mode, grep, ...flags } = read.opts<
    Omit<Asked, 'suites' | 'set'> & { version?: string; mode?: string }
  >();
  return {
    suites: read.args,
    grep,
    ...flags,
    set: [
      ...(version === undefined ? [] : [`kafka.version=${version}`]),
      ...(mode === undefined ? [] : [`kafka.mode=${mode}`]),
    ],
  };
}
