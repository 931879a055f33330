import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadBatch } from '../../clients/kafka/port.ts';
import { dumpBatches } from '../../clients/kafka/reader/dump-batches.ts';
import { messageOf } from '../../core/errors.ts';
import type { Delivery } from '../../record/ledger.ts';
import { showPartition, type TopicPartition } from '../../record/names.ts';
import { countRanges, subtractRanges } from '../../record/range-set.ts';
import type { Ranges } from '../../record/ranges.ts';
import type { Sut } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Stage } from './stage.ts';

/** Records that were acknowledged and that the final read did not find. Pure. */
export interface Suspects extends TopicPartition {
  readonly session: string;
  readonly ranges: Ranges;
}
/** Acknowledged and not in the log, by session and partition. Pure. */
export const suspectsOf = (deliveries: readonly Delivery[]): Suspects[] =>
  deliveries
    .map(({ session, topic, partition, fates }) => ({
      session,
      topic,
      partition,
      ranges: subtractRanges(fates.acknowledged, fates['in-log']),
    }))
    .filter(({ ranges }) => ranges.length > 0);

/** More partitions than this are not dumped; the first ones tell the story. */
const DUMPS_MAX = 12;

/**
 * Third opinion before anybody says LOST: looks for the suspects in the files of every replica,
 * past the system, and keeps a dump beside the record. It has to happen before the cluster goes.
 */
export async function dumpSuspects(
  suspects: readonly Suspects[],
  input: {
    readonly stage: Stage;
    readonly sut: Sut;
    readonly workload: Workload;
    readonly run: string;
    readonly directory: string;
  },
  signal: AbortSignal,
): Promise<void> {
  const { stage, sut } = input;
  const names = stage.plan.topics.map(({ name }) => name);
  const placed = await sut.leadership(names, signal);
  for (const suspect of suspects.slice(0, DUMPS_MAX)) {
    const replicas =
      placed.find((of) => of.topic === suspect.topic && of.partition === suspect.partition)
        ?.replicas ?? [];
    const looks = [];
    for (const id of replicas) looks.push(await lookInto(id, suspect, input));
    stage.recorder.event({ kind: 'suspects', suspicion: 'missing', ...suspect, replicas: looks });
    stage.progress.note(
      `${countRanges(suspect.ranges)} acknowledged records of ${showPartition(suspect)} are missing; segments dumped`,
    );
  }
}

type Look = { node: string; found: number | null; dump: string | null };

async function lookInto(
  id: string,
  suspect: Suspects,
  { stage, sut, workload, run, directory }: Parameters<typeof dumpSuspects>[1],
): Promise<Look> {
  const of = { run, params: stage.plan.workload.params };
  const node = sut.nodes.find((candidate) => candidate.id === id);
  const file = join('evidence', `${showPartition(suspect)}-${id}.txt`);
  let text: string;
  let found: number | null = null;
  try {
    const batches = node === undefined ? null : await sut.readReplica(id, suspect);
    if (batches !== null) found = holds(batches, suspect, (value) => workload.identify(value, of));
    text = batches === null ? 'this replica cannot be read here\n' : dumpBatches(batches);
  } catch (thrown) {
    text = `reading this replica failed: ${messageOf(thrown)}\n`;
  }
  mkdirSync(join(directory, 'evidence'), { recursive: true });
  writeFileSync(join(directory, file), text);
  return { node: id, found, dump: file };
}

/** How many of the suspects the batches hold. */
function holds(
  batches: readonly ReadBatch[],
  suspect: Suspects,
  identify: (value: Uint8Array) => ReturnType<Workload['identify']>,
): number {
  const found = new Set<number>();
  for (const { value } of batches.flatMap(({ records }) => records ?? [])) {
    const is = value === null ? null : identify(value);
    if (is === null || is.session !== suspect.session) continue;
    if (showPartition(is) !== showPartition(suspect)) continue;
    if (suspect.ranges.some(([first, last]) => is.sequence >= first && is.sequence <= last))
      found.add(is.sequence);
  }
  return found.size;
}
