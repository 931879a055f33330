import type { RunRecord } from '../record/run-record.ts';
import type { Sample, SeriesName } from '../record/samples.ts';
import { seriesOf } from '../record/series.ts';
import { windowsOf } from '../record/windows.ts';

/**
 * Whether the machine that measures was itself too busy for claims about time. A broken claim about
 * time is then inconclusive: late acknowledgements may have been our own doing. A claim that held
 * stays: it held in spite of it.
 */
interface Threshold {
  readonly series: SeriesName;
  readonly over: number;
  /** This share of a subject's rows has to be over: one pause of the collector is no starvation. */
  readonly share: number;
  readonly say: (worst: number) => string;
}

const THRESHOLDS: readonly Threshold[] = [
  {
    // Half of the shortest interval at which anything is probed; healthy Node processes stay under
    // 20 ms.
    series: 'host.loop-delay.p99',
    over: 50,
    share: 0.2,
    say: (worst) => `its event loop was up to ${Math.round(worst)} ms late`,
  },
  {
    // A tenth of the machine gone to others: what ran in 100 ms takes 110 and comes in lumps.
    series: 'host.cpu-steal',
    over: 0.1,
    share: 0.2,
    say: (worst) => `up to ${Math.round(worst * 100)} % of its time went to other machines`,
  },
  {
    // No idle time at all for half of the run: threads queue for cores, brokers' heartbeats too.
    series: 'host.cpu-busy',
    over: 0.98,
    share: 0.5,
    say: (worst) => `its cores were up to ${Math.round(worst * 100)} % busy`,
  },
];

/** Fewer rows say nothing about a share. */
const ROWS_MIN = 5;

/**
 * Why claims about time cannot be trusted, in words; null when they can, or nothing was measured.
 */
export function hostStarved(record: RunRecord): string | null {
  const windows = windowsOf(record.events).filter(({ window }) => window !== 'warm-up');
  const judged = ({ t }: Sample): boolean =>
    windows.some(({ from, to }) => t >= from && t <= (to ?? Number.POSITIVE_INFINITY));
  for (const threshold of THRESHOLDS) {
    const rows = seriesOf(record.samples, threshold.series).filter(judged);
    for (const subject of new Set(rows.map(({ of }) => of))) {
      const starved = starvedBy(threshold, subject, rows);
      if (starved !== null) return starved;
    }
  }
  return null;
}

function starvedBy(threshold: Threshold, subject: string, all: readonly Sample[]): string | null {
  const rows = all.filter(({ of }) => of === subject);
  const over = rows.filter(({ value }) => value > threshold.over);
  if (rows.length < ROWS_MIN || over.length < rows.length * threshold.share) return null;
  const worst = Math.max(...over.map(({ value }) => value));
  const who = subject === 'host' ? 'the host' : subject;
  return `${who} was starved: ${threshold.say(worst)}, in ${over.length} of ${rows.length} samples`;
}
