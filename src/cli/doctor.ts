import { EXIT, type ExitCode } from '../core/errors.ts';
import { examine } from '../registry.ts';

/** `highwater doctor`: what was found on this machine, and what each missing thing costs. */
export async function doctorCommand(flags: { readonly env: string }): Promise<ExitCode> {
  const found = await examine(flags.env);
  const width = Math.max(...found.map(({ what }) => what.length));
  for (const { what, state, seen, hint } of found) {
    process.stdout.write(`${state.padEnd(8)}  ${what.padEnd(width)}  ${seen}\n`);
    if (state !== 'ok' && hint !== '') process.stdout.write(`${' '.repeat(width + 12)}${hint}\n`);
  }
  return found.some(({ state }) => state === 'missing') ? EXIT.notReady : EXIT.holds;
}
