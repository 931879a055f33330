import { fileURLToPath } from 'node:url';
import { runCommandOk } from '../../../src/core/exec.ts';
import type { Span } from '../../../src/core/time.ts';
import type { DoomedPlace } from '../../integration/support/doomed-run.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** The command line, and what it says on stdout; fails when the command does. */
export interface CommandLine extends AsyncDisposable {
  highwater(...args: readonly string[]): Promise<string>;
}

/**
 * The command line in folders of a test's own. What keeps a system up is in the background, and
 * would stay when the test fails: the system of that name is taken down in any case.
 */
export function commandLineFor(name: string, { env }: DoomedPlace, within: Span): CommandLine {
  const highwater = async (...args: readonly string[]): Promise<string> => {
    const options = { signal: new AbortController().signal, within, env };
    return (await runCommandOk([process.execPath, MAIN, ...args], options)).stdout;
  };
  return {
    highwater,
    [Symbol.asyncDispose]: async () => {
      await highwater('down', name); // Nothing to do is no error.
    },
  };
}
