import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HighwaterError, isHighwaterError, messageOf } from '../../core/errors.ts';
import { isDiskFull } from '../../core/free-disk.ts';
import type { EndEvent, EventBody } from '../events.ts';
import type { DeliveryDelta } from '../ledger.ts';
import type { RunId } from '../names.ts';
import type { RunPlan } from '../plan.ts';
import type { Recorder } from '../recorder.ts';
import type { CleanupRecord } from '../run-record.ts';
import type { Sample } from '../samples.ts';
import { type Ballast, takeBallast } from './ballast.ts';
import { FILES } from './files.ts';
import { writeJsonFile } from './json-file.ts';
import { pointLatest } from './latest.ts';
import { LineFile, writeFailure } from './line-file.ts';
import { isRunId } from './run-id.ts';

/** The folder of one run while it is being written. */
export interface RunDirectory {
  readonly run: RunId;
  /** Absolute. */
  readonly path: string;
  /** Absolute path of the folder for the nodes' logs, `<node>.log`; it exists. */
  readonly logs: string;
  /** Absolute path of the folder for evidence: segments, thread dumps; it exists. */
  readonly evidence: string;
  /**
   * Where everything is told; times come from this clock. What is told after `close`, by a watch
   * that took its last look, is no part of the record and is dropped. Telling never throws, since
   * it is done from everywhere: the first write that fails goes to `onFailure`. From then on only
   * events are written, as far as they can be; the counts of `end` show what is missing.
   */
  recorder(clock: Clock, onFailure: (failure: HighwaterError) => void): Recorder;
  /**
   * Writes the last line of the history with the counts, and closes the three files; throws when
   * that cannot be written. Idempotent.
   */
  close(reason: EndEvent['reason']): void;
  writeCleanup(cleanup: CleanupRecord): void;
}

type Told = { events: number; samples: number; deltas: number };
type Files = { history: LineFile; samples: LineFile; ledger: LineFile; ballast: Ballast };

/**
 * Makes the folder of a new run below `root`, which is made when it is missing, with plan.json in
 * it before anything else, and points `latest` at it.
 */
export function createRunDirectory(root: string, run: RunId, plan: RunPlan): RunDirectory {
  if (!isRunId(run)) throw new HighwaterError('BUG', `bug in highwater: "${run}" is no run id`);
  const path = join(resolve(root), run);
  makeFolders(path);
  const files = openFiles(path, plan);
  pointLatest(resolve(root), run);
  const told: Told = { events: 0, samples: 0, deltas: 0 };
  let now = (): number => 0;
  let closed = false;
  return {
    run,
    path,
    logs: join(path, FILES.logs),
    evidence: join(path, FILES.evidence),
    recorder(clock, onFailure) {
      now = () => clock.now();
      return recorderOf(files, told, { now, isClosed: () => closed, onFailure });
    },
    close(reason) {
      if (closed) return;
      closed = true;
      closeFiles(files, told, { t: now(), reason });
    },
    writeCleanup: (cleanup) => writeJsonFile(join(path, FILES.cleanup), cleanup),
  };
}

/** A run directory that cannot hold even this much is not left behind: nothing happened in it. */
function openFiles(path: string, plan: RunPlan): Files {
  try {
    writeJsonFile(join(path, FILES.plan), plan);
    return {
      history: new LineFile(join(path, FILES.history)),
      samples: new LineFile(join(path, FILES.samples)),
      ledger: new LineFile(join(path, FILES.ledger)),
      ballast: takeBallast(path),
    };
  } catch (thrown) {
    rmSync(path, { recursive: true, force: true });
    throw isHighwaterError(thrown) ? thrown : writeFailure(path, thrown);
  }
}

function makeFolders(path: string): void {
  try {
    mkdirSync(resolve(path, '..'), { recursive: true });
    mkdirSync(path);
    mkdirSync(join(path, FILES.logs));
    mkdirSync(join(path, FILES.evidence));
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown';
    throw new HighwaterError(
      isDiskFull(thrown) ? 'DISK_FULL' : 'ENV_NOT_READY',
      `making the run directory ${path}: ` +
        (code === 'EEXIST' ? 'it is there already' : messageOf(thrown)),
      {
        facts: { path, code },
        hint:
          code === 'EEXIST'
            ? 'another run has this name: start again'
            : 'can this user write there? choose another place with --out',
        cause: thrown,
      },
    );
  }
}

interface Telling {
  readonly now: () => number;
  readonly isClosed: () => boolean;
  readonly onFailure: (failure: HighwaterError) => void;
}

// Counted before it is written: what could not be written is then missing by the counts of `end`.
function recorderOf(files: Files, told: Told, { now, isClosed, onFailure }: Telling): Recorder {
  let failed = false;
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch (thrown) {
      if (failed) return; // The first failure was told, and ends the run.
      failed = true;
      files.ballast.drop();
      onFailure(isHighwaterError(thrown) ? thrown : writeFailure('the record', thrown));
    }
  };
  return {
    event(body: EventBody, t = now()) {
      if (isClosed()) return;
      told.events += 1;
      attempt(() => files.history.append([{ t, ...body }], true));
    },
    samples(rows: readonly Sample[]) {
      if (isClosed()) return;
      told.samples += rows.length;
      if (!failed) attempt(() => files.samples.append(rows));
    },
    deliveries(deltas: readonly DeliveryDelta[]) {
      if (isClosed()) return;
      told.deltas += deltas.length;
      if (!failed) attempt(() => files.ledger.append(deltas));
    },
  };
}

/** The history is closed last: its `end` says that the other two are whole. */
function closeFiles(
  files: Files,
  told: Told,
  end: { t: number; reason: EndEvent['reason'] },
): void {
  const failures: unknown[] = [];
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (thrown) {
      failures.push(thrown);
    }
  };
  files.ballast.drop();
  attempt(() => files.samples.close());
  attempt(() => files.ledger.close());
  attempt(() => {
    const { events, samples, deltas } = told;
    const last: EndEvent = { kind: 'end', events: events + 1, samples, deltas, reason: end.reason };
    files.history.append([{ t: end.t, ...last }], true);
  });
  attempt(() => files.history.close());
  if (failures.length > 0) throw failures[0];
}
