import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { HighwaterError } from '../../src/core/errors.ts';

/** A script of package.json as a command: `--help` tells its flags. */
export const scriptCommand = (script: string, what: string): Command =>
  new Command(script)
    .usage('-- [flags]')
    .description(what)
    .exitOverride()
    .configureOutput({
      // Told by whoever catches the error, once.
      writeErr: () => {},
    });

/** Reads the command line; throws USAGE where it is wrong, and CommanderError for `--help`. */
export function readFlags(command: Command, args: readonly string[]): Command {
  try {
    return command.parse([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError) || thrown.exitCode === 0) throw thrown;
    const text = `${command.name()}: ${thrown.message.replace(/^error: /, '')}`;
    throw new HighwaterError('USAGE', text, { hint: `${command.name()} -- --help` });
  }
}

/** A flag's value that is to be a whole number from 1. */
export function wholeFromOne(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

/** A flag's value that lists some of what is known, with commas. */
export const someOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): readonly T[] => {
    const wanted = text.split(',');
    const found = known.filter((each) => wanted.includes(each));
    if (found.length === wanted.length) return found;
    throw new InvalidArgumentError(`Expected some of ${known.join(',')}.`);
  };
