import type { LogAdmin } from '../clients/kafka/port.ts';
import { ms } from '../core/time.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import type { Sample, SeriesName } from '../record/samples.ts';
import type { Watch } from './watch.ts';

/**
 * How far a group is behind. There is one look for all who ask: the watch, which records it through
 * the whole run, and the drain, which waits for it.
 */

/** What one look found of one partition. */
export interface PartitionLag extends TopicPartition {
  /** Null where the group has no commit. */
  readonly committed: bigint | null;
  readonly highWatermark: bigint;
  readonly lastStable: bigint;
  /**
   * High watermark − committed. Null, which is not 0, where the group has no commit, unless nothing
   * was ever written: then there is nothing to be behind of.
   */
  readonly lag: bigint | null;
}

/**
 * Looks at the lag of a group. Committed is asked first, then the high watermark, then the last
 * stable offset: a record that arrives in between shows as lag and never as a negative one, and as
 * no open transaction.
 */
export async function lookAtLag(
  admin: LogAdmin,
  of: { readonly group: string; readonly topics: readonly string[] },
): Promise<PartitionLag[]> {
  const looks: PartitionLag[] = [];
  for (const topic of of.topics) {
    const committed = await admin.committed(of.group, topic);
    const ends = await admin.offsets(topic, 'high-watermark');
    const stable = await admin.offsets(topic, 'last-stable');
    for (const [partition, highWatermark] of ends) {
      const at = committed.get(partition) ?? null;
      looks.push({
        topic,
        partition,
        committed: at,
        highWatermark,
        lastStable: stable.get(partition) ?? highWatermark,
        lag: at === null ? (highWatermark === 0n ? 0n : null) : highWatermark - at,
      });
    }
  }
  return looks;
}

/** Records what `lookAtLag` sees; a partition whose lag is not known has no row of lag. */
export function lagWatch(): Watch {
  let admin: LogAdmin | undefined;
  return {
    name: 'lag',
    every: ms(500),
    look: async ({ sut, topics, group, recorder, clock, scope, signal }) => {
      if (group === null) return;
      admin ??= scope.own('lag watch admin', await sut.clients('check').admin(signal));
      const looks = await lookAtLag(admin, { group, topics });
      const t = clock.now();
      recorder.samples(looks.flatMap((look) => rowsOf(look, t)));
    },
  };
}

function rowsOf(look: PartitionLag, t: number): Sample[] {
  const { committed, highWatermark, lastStable, lag } = look;
  const of = showPartition(look);
  const row = (series: SeriesName, value: bigint): Sample => ({
    t,
    series,
    of,
    value: Number(value),
  });
  // The last stable offset was asked for later: what arrived in between is not an open transaction.
  const open = highWatermark > lastStable ? highWatermark - lastStable : 0n;
  return [
    row('open-transactions', open),
    ...(lag === null ? [] : [row('lag', lag), row('lag.stable', lastStable - (committed ?? 0n))]),
    ...(committed === null ? [] : [row('committed', committed)]),
  ];
}
