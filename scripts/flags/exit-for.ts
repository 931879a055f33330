import { CommanderError } from 'commander';
import { showError } from '../../src/cli/show-error.ts';
import { EXIT, type ExitCode, isHighwaterError } from '../../src/core/errors.ts';

/** The exit code of a script that threw: a mistake is told on standard error, a bug thrown on. */
export function exitFor(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.holds; // --help
  if (!isHighwaterError(thrown)) throw thrown;
  process.stderr.write(showError(thrown));
  return thrown.exit;
}
