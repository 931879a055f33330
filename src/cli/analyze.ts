import { relative, resolve } from 'node:path';
import type { ExitCode } from '../core/errors.ts';
import { composition } from '../registry.ts';
import { consoleSummary } from '../report/console.ts';
import { writeReports } from '../report/write-reports.ts';
import { judgeRun } from '../scenario/judge-run.ts';

/** `highwater analyze`: judges a stored run again, without the cluster. */
export async function analyzeCommand(named: string): Promise<ExitCode> {
  const directory = resolve(named);
  const { record, result } = judgeRun(directory, composition);
  const { troubles } = writeReports(directory, record, result);
  process.stdout.write(
    consoleSummary(record, result, {
      directory: relative(process.cwd(), directory),
      stream: process.stdout,
    }),
  );
  for (const trouble of troubles) process.stderr.write(`highwater: ${trouble}\n`);
  return result.exit;
}
