import { EXIT, type ExitCode } from '../core/errors.ts';
import { sweepDead } from '../registry.ts';

/** `highwater sweep`: gives back what dead runs left; what a living run holds is never touched. */
export async function sweepCommand(flags: { readonly dryRun?: boolean }): Promise<ExitCode> {
  const lines = await sweepDead({ dryRun: flags.dryRun === true });
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (lines.length === 0) process.stdout.write('nothing left behind by dead runs\n');
  return EXIT.holds;
}
