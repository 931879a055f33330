import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../checkers/result.ts';
import { messageOf } from '../core/errors.ts';
import { FILES } from '../record/disk/files.ts';
import { writeJsonFile } from '../record/disk/json-file.ts';
import type { RunRecord } from '../record/run-record.ts';
import { reportHtml } from './html/report-html.ts';
import { junitXml } from './junit-xml.ts';
import { summaryMarkdown } from './summary-markdown.ts';

/** What became of the reports: absolute paths of those written, and why others were not. */
export interface WrittenReports {
  readonly files: readonly string[];
  readonly failures: readonly { readonly file: string; readonly message: string }[];
}

/**
 * Writes every report of a run into its directory, the verdict first. A reporter that fails takes no
 * other with it; it is told in `failures`. Synchronous, so that a process on its way out can do it.
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
  const failures: { file: string; message: string }[] = [];
  for (const [file, write] of reporters) {
    try {
      const path = join(directory, file);
      write(path);
      files.push(path);
    } catch (thrown) {
      failures.push({ file, message: messageOf(thrown) });
    }
  }
  return { files, failures };
}

/** A reader finds the old file or the new one, never half of one. */
function writeWhole(path: string, text: string): void {
  const aside = `${path}.part`;
  writeFileSync(aside, text);
  renameSync(aside, path);
}
