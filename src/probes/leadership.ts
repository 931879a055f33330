import { ms } from '../core/time.ts';
import { showPartition } from '../record/names.ts';
import type { Watch } from './watch.ts';

/**
 * Records who leads each partition and who is in sync, at every change, and the size of the in-sync
 * set.
 */
export function leadershipWatch(): Watch {
  const last = new Map<string, string>();
  return {
    name: 'leadership',
    every: ms(250),
    look: async ({ sut, topics, recorder, clock, signal }) => {
      const seen = await sut.leadership(topics, signal);
      const t = clock.now();
      for (const { topic, partition, leader, epoch, isr } of seen) {
        const of = showPartition({ topic, partition });
        const now = JSON.stringify([leader, epoch, isr]);
        if (last.get(of) === now) continue;
        last.set(of, now);
        recorder.event({ kind: 'leadership', topic, partition, leader, epoch, isr }, t);
        recorder.samples([{ t, series: 'isr', of, value: isr.length }]);
      }
    },
  };
}
