import type { RunEvent } from '../../record/events.ts';
import { type DeliveryDelta, mergeDeltas } from '../../record/ledger.ts';
import { countRanges } from '../../record/range-set.ts';
import type { Sample, SeriesName } from '../../record/samples.ts';
import type { LoadTells, LoadTotals } from '../pool.ts';

/** Hears everything that a pool tells, and adds it up. */
export function hearing() {
  const events: RunEvent[] = [];
  const samples: Sample[] = [];
  const deltas: DeliveryDelta[] = [];
  let totals: LoadTotals | undefined;
  const tells: LoadTells = {
    events: (more) => {
      events.push(...more);
    },
    samples: (more) => {
      samples.push(...more);
    },
    deliveries: (more) => {
      deltas.push(...more);
    },
    totals: (now) => {
      totals = now;
    },
  };
  return {
    tells,
    events,
    samples,
    deltas,
    totals: () => totals,
    sumOf: (series: SeriesName): number =>
      samples.filter((row) => row.series === series).reduce((sum, { value }) => sum + value, 0),
    countOf: (as: 'attempted' | 'acknowledged' | 'unknown' | 'consumed', session = 'p0'): number =>
      mergeDeltas(deltas)
        .deliveries.filter((delivery) => delivery.session === session)
        .reduce((sum, { fates }) => sum + countRanges(fates[as]), 0),
  };
}
