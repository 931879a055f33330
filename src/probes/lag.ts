import type { LogAdmin } from '../clients/kafka/port.ts';
import { ms } from '../core/time.ts';
import { showPartition } from '../record/names.ts';
import type { Sample } from '../record/samples.ts';
import type { Watch } from './watch.ts';

/**
 * Lag of the group by partition: high watermark − committed. Committed is asked first, so that a
 * record that arrives in between shows as lag and never as a negative one. A partition without a
 * commit has no sample: unknown is not 0.
 */
export function lagWatch(): Watch {
  let admin: LogAdmin | undefined;
  return {
    name: 'lag',
    every: ms(500),
    look: async ({ sut, topics, group, recorder, clock, scope, signal }) => {
      if (group === null) return;
      admin ??= scope.own('lag watch admin', await sut.clients('check').admin(signal));
      const rows: Sample[] = [];
      for (const topic of topics) {
        const committed = await admin.committed(group, topic);
        const ends = await admin.offsets(topic, 'high-watermark');
        const t = clock.now();
        for (const [partition, end] of ends) {
          const at = committed.get(partition) ?? null;
          if (at === null) continue;
          const of = showPartition({ topic, partition });
          rows.push({ t, series: 'lag', of, value: Number(end - at) });
        }
      }
      recorder.samples(rows);
    },
  };
}
