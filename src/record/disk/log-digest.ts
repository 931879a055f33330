import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fatalSignatureOf } from '../log-signatures.ts';
import type { LogDigest } from '../run-record.ts';
import { readLines } from './read-lines.ts';

/**
 * Lines that are kept of one node: fatal ones have places of their own, errors cannot push them
 * out.
 */
const ERRORS_MAX = 100;
const FATAL_MAX = 50;
const LINE_BYTES_MAX = 4_096;
const TEXT_MAX = 500;

/** `[2026-05-04 03:12:00,123] ERROR …` as log4j writes it, or a line that starts with its level. */
const LEVEL =
  /^(?:\[[^\]]{1,40}\]|[\d:,.TZ+ -]{8,40})?\s{0,4}(?:\[[^\]]{1,40}\]\s{0,4})?(?:ERROR|FATAL)\b/;

/**
 * Digests the logs of all nodes: `logs/<node>.log`, or the files of the folder `logs/<node>/`.
 * Crash reports of the JVM (`hs_err_pid*.log`) count for the node whose folder they are in.
 */
export function readLogs(folder: string): LogDigest[] {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isDirectory()) return [];
  const nodes = new Map<string, string[]>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) {
      const node = entry.name.replace(/\.(?:log|out|err|txt)(?:\.\d+)?$/, '');
      nodes.set(node, [...(nodes.get(node) ?? []), path]);
    } else if (entry.isDirectory()) {
      const files = readdirSync(path, { withFileTypes: true }).filter((file) => file.isFile());
      const paths = files.map((file) => join(path, file.name)).sort();
      nodes.set(entry.name, [...(nodes.get(entry.name) ?? []), ...paths]);
    }
  }
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, paths]) => digestLog(node, paths));
}

/**
 * Digests the log files of one node, in order, as if they were one. Never holds more than a line.
 */
export function digestLog(node: string, paths: readonly string[]): LogDigest {
  const errors: { line: number; text: string }[] = [];
  const fatal: { line: number; text: string }[] = [];
  let lines = 0;
  let errorCount = 0;
  for (const path of paths) {
    for (const { bytes } of readLines(path, LINE_BYTES_MAX)) {
      lines += 1;
      const text = bytes.toString('utf8');
      const isFatal = fatalSignatureOf(text) !== null;
      if (!isFatal && !LEVEL.test(text)) continue;
      errorCount += 1;
      const kept = isFatal ? fatal : errors;
      if (kept.length < (isFatal ? FATAL_MAX : ERRORS_MAX)) {
        kept.push({ line: lines, text: text.slice(0, TEXT_MAX) });
      }
    }
  }
  return { node, lines, errors: [...fatal, ...errors].sort((a, b) => a.line - b.line), errorCount };
}
