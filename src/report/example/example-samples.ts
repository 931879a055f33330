import { rngOf } from '../../core/rng.ts';
import type { Sample, SeriesName } from '../../record/samples.ts';
import { MOMENTS } from './example-events.ts';

/** Numbers of the made-up run, once a second: the load, its latency, the lag, the host. */
export function exampleSamples(partitions: number): readonly Sample[] {
  const rng = rngOf('example');
  const rows: Sample[] = [];
  for (let t = MOMENTS.warmUp + 1_000; t <= MOMENTS.loadEnd; t += 1_000) {
    const out = t > MOMENTS.engaged && t < MOMENTS.elected + 700;
    for (let partition = 0; partition < partitions; partition += 1) {
      const of = `orders-${partition}`;
      const tell = (series: SeriesName, value: number): void => {
        rows.push({ t, series, of, value: Math.round(value) });
      };
      const share = 2_000 / partitions + rng.below(7) - 3;
      const mute = out && partition % 3 === 0;
      tell('attempted', share * (mute ? 0.6 : 1));
      tell('acknowledged', mute ? 0 : share);
      tell('consumed', mute ? 0 : share);
      if (mute) tell('unknown', share * 0.6);
      if (mute) tell('dropped', share * 0.4);
      const backlog = t > MOMENTS.elected && t < 52_000 ? 4_000 * ((52_000 - t) / 16_000) : 0;
      tell('lag', (mute ? 0 : 20 + rng.below(30)) + (partition % 3 === 0 ? backlog : 0));
    }
    const of = 'load';
    const slow = out ? 300 : 1;
    rows.push(
      { t, series: 'latency.due.p50', of, value: 2.4 + rng.next() },
      { t, series: 'latency.due.p99', of, value: (7 + 3 * rng.next()) * slow },
      { t, series: 'latency.send.p50', of, value: 1.9 + rng.next() },
      { t, series: 'latency.send.p99', of, value: (5 + 2 * rng.next()) * (out ? 120 : 1) },
      { t, series: 'host.cpu-busy', of: 'host', value: 0.35 + 0.2 * rng.next() },
    );
  }
  return rows;
}
