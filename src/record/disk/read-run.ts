import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HighwaterError, isHighwaterError, messageOf } from '../../core/errors.ts';
import { contradictionsOf } from '../delivery.ts';
import type { RunEvent } from '../events.ts';
import { mergeDeltas } from '../ledger.ts';
import type { RunPlan } from '../plan.ts';
import type { CleanupRecord, RunRecord } from '../run-record.ts';
import { FILES, LIMITS } from './files.ts';
import { runPathOf } from './latest.ts';
import { readLogs } from './log-digest.ts';
import { readLines } from './read-lines.ts';
import { readNdjson, refuseHuge, showIssues } from './read-ndjson.ts';
import { eventSchema } from './schema/event-schema.ts';
import { planSchema } from './schema/plan-schema.ts';
import { cleanupSchema, deltaSchema, sampleSchema } from './schema/row-schemas.ts';

/**
 * Reads a run directory, checking every line. What is broken ends the reading of its file and is
 * told in `breaks`; without a plan, or with a version that this highwater does not know, there is
 * nothing to judge and it throws RUN_UNREADABLE.
 */
export function readRun(path: string): RunRecord {
  const folder = runPathOf(path);
  const plan = readPlan(folder);
  const history = readNdjson<RunEvent>(join(folder, FILES.history), eventSchema);
  refuseOtherVersion(folder, history);
  const samples = readNdjson(join(folder, FILES.samples), sampleSchema);
  const deltas = readNdjson(join(folder, FILES.ledger), deltaSchema);
  const ledger = mergeDeltas(deltas.rows);
  const cleanup = readCleanup(folder);
  const counts = { samples: samples.rows.length, deltas: deltas.rows.length };
  return {
    plan,
    events: history.rows,
    samples: samples.rows,
    ledger,
    logs: readLogs(join(folder, FILES.logs)),
    cleanup: cleanup.record,
    breaks: [
      ...history.breaks,
      ...samples.breaks,
      ...deltas.breaks,
      ...cleanup.breaks,
      ...incomplete(history.rows, counts),
      ...contradictionsOf(ledger).map((text) => `ledger.ndjson contradicts itself: ${text}`),
    ],
  };
}

function readPlan(folder: string): RunPlan {
  const path = join(folder, FILES.plan);
  const found = readJson(path);
  if ('problem' in found) throw unreadable(path, found.problem);
  refuseVersion(path, found.value);
  const parsed = planSchema.safeParse(found.value);
  if (!parsed.success) throw unreadable(path, showIssues(parsed.error));
  return parsed.data;
}

function readCleanup(folder: string): { record: CleanupRecord | null; breaks: string[] } {
  const path = join(folder, FILES.cleanup);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return { record: null, breaks: [] };
  const broken = (problem: string): { record: null; breaks: string[] } => ({
    record: null,
    breaks: [`${FILES.cleanup} cannot be read: ${problem}`],
  });
  const found = readJson(path);
  if ('problem' in found) return broken(found.problem);
  const parsed = cleanupSchema.safeParse(found.value);
  return parsed.success ? { record: parsed.data, breaks: [] } : broken(showIssues(parsed.error));
}

function readJson(path: string): { value: unknown } | { problem: string } {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { problem: 'it is missing' };
  refuseHuge(path, stat.size, LIMITS.jsonBytes);
  try {
    return { value: JSON.parse(readFileSync(path, 'utf8')) };
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}

/**
 * A history of another version fails the schema in its first line; then its number is the reason.
 */
function refuseOtherVersion(
  folder: string,
  history: { rows: readonly RunEvent[]; breaks: readonly string[] },
): void {
  if (history.rows.length > 0 || history.breaks.length === 0) return;
  const path = join(folder, FILES.history);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  try {
    const [first] = readLines(path, LIMITS.lineBytes);
    refuseVersion(path, JSON.parse(String(first?.bytes)));
  } catch (thrown) {
    if (isHighwaterError(thrown)) throw thrown;
    // Not JSON at all: that break is told already.
  }
}

/** Of plan.json and history.ndjson: plans of version 1 knew no changes and no links. */
const FORMAT = 2;

function refuseVersion(path: string, value: unknown): void {
  const version = (value as { version?: unknown } | null)?.version;
  if (version === undefined || version === FORMAT) return;
  throw new HighwaterError(
    'RUN_UNREADABLE',
    `reading ${path}: version ${JSON.stringify(version)}, and this highwater reads version ${FORMAT}`,
    { facts: { path }, hint: 'use the highwater that wrote it; history.ndjson names it in line 1' },
  );
}

const unreadable = (path: string, problem: string): HighwaterError =>
  new HighwaterError('RUN_UNREADABLE', `reading ${path}: ${problem}`, {
    facts: { path },
    hint: `is ${basename(join(path, '..'))} a run directory of highwater?`,
  });

/** What the first and the last line say is missing. */
function incomplete(
  events: readonly RunEvent[],
  found: { samples: number; deltas: number },
): string[] {
  const breaks: string[] = [];
  if (events[0]?.kind !== 'begin') breaks.push('history.ndjson does not start with a begin event');
  const end = events.at(-1);
  if (end?.kind !== 'end') {
    return [...breaks, 'history.ndjson has no end event: the run was cut short'];
  }
  const counts: [string, number, number][] = [
    [FILES.history, end.events, events.length],
    [FILES.samples, end.samples, found.samples],
    [FILES.ledger, end.deltas, found.deltas],
  ];
  for (const [file, told, there] of counts) {
    if (told !== there) breaks.push(`${file} has ${there} whole lines and ${told} were told`);
  }
  return breaks;
}
