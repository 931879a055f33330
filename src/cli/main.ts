#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT, type ExitCode, isHighwaterError, messageOf } from '../core/errors.ts';
import { highwaterProgram } from './program.ts';
import { showError } from './show-error.ts';

/** Entry of the command line: runs the program and turns what it throws into an exit code. */
let exit: ExitCode = EXIT.holds;
const program = highwaterProgram((told) => {
  exit = told;
});

// Node's own exit code for this is 1, which here says that a claim is proven to be broken.
process.on('uncaughtException', (thrown) => {
  process.stderr.write(`${showError(thrown)}${thrown.stack ?? ''}\n`);
  process.exit(EXIT.bug);
});

try {
  await program.parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // Commander has printed its message; help and version are no errors.
    exit = thrown.exitCode === 0 ? EXIT.holds : EXIT.refused;
  } else {
    process.stderr.write(showError(thrown));
    exit = isHighwaterError(thrown) ? thrown.exit : EXIT.bug;
    if (!isHighwaterError(thrown))
      process.stderr.write(`${(thrown as Error).stack ?? messageOf(thrown)}\n`);
  }
}
process.exitCode = exit;
