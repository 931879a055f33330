import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../checkers/result.ts';
import { messageOf } from '../core/errors.ts';
import { FILES } from '../record/disk/files.ts';
import { writeJsonFile } from '../record/disk/json-file.ts';
import type { RunRecord } from '../record/run-record.ts';
import { reportHtml } from './html/report-html.ts';
import { junitXml } from './junit-xml.ts';
import { summaryMarkdown } from './summary-markdown.ts';

/** What became of the reports. */
export interface WrittenReports {
  /** Paths of those that were written. */
  readonly files: readonly string[];
  /** Why others were not, a line each. */
  readonly troubles: readonly string[];
}

/**
 * Writes every report of a run into its directory, the verdict first. A reporter that fails takes
 * no other with it; it is told in `troubles`. Synchronous, so that a process on its way out can do
 * it.
 */
export function writeReports(
  directory: string,
  record: RunRecord,
  result: RunResult,
): WrittenReports {
  const text = (make: () => string) => (path: string) => writeWhole(path, make());
  const reporters: readonly (readonly [string, (path: string) => void])[] = [
    [FILES.verdict, (path) => writeJsonFile(path, result)],
    ['junit.xml', text(() => junitXml(record, result))],
    ['summary.md', text(() => summaryMarkdown(result))],
    ['report.html', text(() => reportHtml(record, result))],
  ];
  const files: string[] = [];
  const troubles: string[] = [];
  for (const [file, write] of reporters) {
    try {
      const path = join(directory, file);
      write(path);
      files.push(path);
    } catch (thrown) {
      troubles.push(`writing ${file}: ${messageOf(thrown)}`);
    }
  }
  return { files, troubles };
}

/** A reader finds the old file or the new one, never half of one. */
function writeWhole(path: string, text: string): void {
  const aside = `${path}.part`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, path);
  } catch (thrown) {
    rmSync(aside, { force: true });
    throw thrown;
  }
}
