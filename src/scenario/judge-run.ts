import { judge } from '../checkers/judge.ts';
import type { RunResult } from '../checkers/result.ts';
import { readRun } from '../record/disk/read-run.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Composition } from './composition.ts';

/** Reads a run directory and judges it: at the end of a run, and by `analyze`, in the same way. */
export function judgeRun(
  directory: string,
  { checkers }: Pick<Composition, 'checkers'>,
): { readonly record: RunRecord; readonly result: RunResult } {
  const record = readRun(directory);
  return { record, result: judge(record, checkers) };
}
