import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordOf } from '../../src/checkers/test/a-record.ts';
import { virtualClock } from '../../src/core/virtual-clock.ts';
import { FILES } from '../../src/record/disk/files.ts';
import { readRun } from '../../src/record/disk/read-run.ts';
import { createRunDirectory } from '../../src/record/disk/run-directory.ts';
import type { FateDelta } from '../../src/record/ledger.ts';
import type { Sample } from '../../src/record/samples.ts';
import { composition } from '../../src/registry.ts';
import { writeReports } from '../../src/report/write-reports.ts';
import { judgeRun } from '../../src/scenario/judge-run.ts';
import { bestOf, type Figure } from './figure.ts';

/** How large the record is that is judged. */
export interface JudgingBench {
  /** Lines of the ledger, a second of one fate in one partition each. */
  readonly deltas: number;
  readonly samples: number;
}

const SIZE: JudgingBench = { deltas: 60_000, samples: 90_000 };
const FATES = ['attempted', 'acknowledged', 'consumed', 'in-log'] as const;
const PARTITIONS = 6;
const TIMES = 3;

/**
 * Reads and judges the record of a long run, against parsing the same bytes; and writes its
 * reports, against judging it.
 */
export async function judgingFigures(
  parts: ReadonlySet<'judging' | 'report'>,
  size: JudgingBench = SIZE,
): Promise<readonly Figure[]> {
  const root = mkdtempSync(join(tmpdir(), 'highwater-bench-'));
  try {
    const directory = writeRecord(root, size);
    const judging = await bestOf(TIMES, () => judgeRun(directory, composition));
    const figures: Figure[] = [];
    if (parts.has('judging')) figures.push(...(await readingFigures(directory, judging)));
    if (parts.has('report')) {
      const { record, result } = judgeRun(directory, composition);
      const writing = await bestOf(TIMES, () => writeReports(directory, record, result));
      const against = { what: 'reading and judging the run', value: judging };
      const what = 'all reports of a run';
      figures.push({ part: 'report', what, value: writing, unit: 'ms', against });
    }
    return figures;
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function readingFigures(directory: string, judging: number): Promise<readonly Figure[]> {
  const files = [FILES.history, FILES.samples, FILES.ledger].map((file) => join(directory, file));
  const parsing = await bestOf(TIMES, () => files.map(parseLines));
  const reading = await bestOf(TIMES, () => readRun(directory));
  const against = { what: 'JSON.parse of the same lines', value: parsing };
  const figure = (what: string, value: number): Figure => {
    return { part: 'judging', what, value, unit: 'ms', against };
  };
  return [figure('reading a run', reading), figure('reading and judging it', judging)];
}

const parseLines = (file: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown).length;

/** A run in which all holds, made long: its ledger and its samples go on and on. */
function writeRecord(root: string, { deltas, samples }: JudgingBench): string {
  using clock = virtualClock();
  const { plan, events, samples: rows } = recordOf();
  const directory = createRunDirectory(root, 'bench', plan);
  const recorder = directory.recorder(clock, (failure) => {
    throw failure;
  });
  for (const { t, ...body } of events) if (body.kind !== 'end') recorder.event(body, t);
  recorder.samples([...rows, ...moreSamples(samples)]);
  recorder.deliveries(moreDeltas(deltas));
  directory.close('completed');
  directory.writeCleanup({ entries: [], failures: 0, leftovers: [] });
  return directory.path;
}

const moreSamples = (count: number): Sample[] =>
  Array.from({ length: count }, (_, index) => ({
    t: 1_000 + Math.floor(index / (2 * PARTITIONS)),
    series: index % 2 === 0 ? ('isr' as const) : ('consumed' as const),
    of: `orders-${(index >> 1) % PARTITIONS}`,
    value: 3,
  }));

/** Runs of sequence numbers, each fate in turn, in the order in which a run would tell them. */
function moreDeltas(count: number): FateDelta[] {
  const row = FATES.length * PARTITIONS;
  return Array.from({ length: count }, (_, index) => {
    const [turn, within] = [Math.floor(index / row), index % row];
    const first = turn * 300;
    return {
      topic: 'orders',
      partition: Math.floor(within / FATES.length),
      session: 'p0',
      as: FATES[within % FATES.length] ?? 'attempted',
      ranges: [[first, first + 299]],
    };
  });
}
