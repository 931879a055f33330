import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { HighwaterError } from '../../core/errors.ts';
import { LIMITS } from './files.ts';
import { type Line, readLines } from './read-lines.ts';

/** The rows of a file up to its first broken line, and what is wrong with that line. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly breaks: readonly string[];
}

/**
 * Reads a file of JSON lines; stops at the first line that is not whole, not JSON, or not as it
 * must be.
 */
export function readNdjson<Row>(path: string, schema: z.ZodType<Row>): Rows<Row> {
  const name = basename(path);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { rows: [], breaks: [`${name} is missing`] };
  refuseHuge(path, stat.size, LIMITS.fileBytes);
  const rows: Row[] = [];
  for (const line of readLines(path, LIMITS.lineBytes)) {
    const problem = take(line, schema, rows);
    if (problem !== null) {
      return { rows, breaks: [`${name} breaks off in line ${line.number}: ${problem}`] };
    }
  }
  return { rows, breaks: [] };
}

function take<Row>(line: Line, schema: z.ZodType<Row>, into: Row[]): string | null {
  if (line.cut) return `longer than ${LIMITS.lineBytes} bytes`;
  if (!line.ended) return 'cut short';
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line.bytes));
  } catch {
    return 'not JSON';
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return showIssues(parsed.error);
  into.push(parsed.data);
  return null;
}

/** Refuses a file that is larger than a record of ours can be. */
export function refuseHuge(path: string, bytes: number, bytesMax: number): void {
  if (bytes <= bytesMax) return;
  throw new HighwaterError(
    'RUN_UNREADABLE',
    `reading ${path}: ${bytes} bytes, and at most ${bytesMax} are read`,
    { facts: { path, bytes, bytesMax }, hint: 'is this a run directory of highwater?' },
  );
}

/** What zod found, in one line. */
export const showIssues = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`)
    .join('; ');
