import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { Span } from '../core/time.ts';
import type { LatencyEvent } from '../record/events.ts';

/**
 * Latency in HDR histograms: whole microseconds inside, milliseconds outside, three significant
 * digits. `due` counts from the planned time (so a stalled system cannot hide the wait of the
 * records that queued behind it), `send` from the real send, both of acknowledged records only;
 * `lateness` is from the planned time to the real send, of every record attempted.
 */
export const LATENCIES = ['due', 'send', 'lateness'] as const;
/** Which of the three. */
export type LatencyName = (typeof LATENCIES)[number];

/**
 * Histograms of one worker in a form that crosses to another thread; null where nothing was
 * counted.
 */
export type EncodedLatencies = Readonly<Record<LatencyName, EncodedHistogram | null>>;

/** The encoding keeps buckets only, so the exact maximum travels beside it. */
interface EncodedHistogram {
  readonly buckets: string;
  readonly maxMicros: number;
}

/** What a histogram comes to, in milliseconds. */
export type LatencySummary = Pick<LatencyEvent, 'count' | 'p50' | 'p90' | 'p99' | 'p999' | 'max'>;

/** Nothing longer than this is told apart; a record that takes an hour is beyond any verdict. */
const LONGEST_MICROS = 3_600_000_000;

const newHistogram = (): ReturnType<typeof build> =>
  build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3, autoResize: true });

/** The three histograms of a stretch of time; they grow, and merge with those of other workers. */
export class Latencies {
  readonly #of = { due: newHistogram(), send: newHistogram(), lateness: newHistogram() };
  readonly #maxMicros = { due: 0, send: 0, lateness: 0 };

  /** Counts a latency for a number of records; a clock that seems to go back counts as zero. */
  record(name: LatencyName, took: Span, records = 1): void {
    const micros = Math.min(Math.max(0, Math.round(took * 1_000)), LONGEST_MICROS);
    this.#of[name].recordValueWithCount(micros, records);
    if (micros > this.#maxMicros[name]) this.#maxMicros[name] = micros;
  }

  /** Adds what another worker encoded. */
  merge(other: EncodedLatencies): void {
    for (const name of LATENCIES) {
      const encoded = other[name];
      if (encoded === null) continue;
      this.#of[name].add(decodeFromCompressedBase64(encoded.buckets));
      this.#maxMicros[name] = Math.max(this.#maxMicros[name], encoded.maxMicros);
    }
  }

  encode(): EncodedLatencies {
    const encoded = (name: LatencyName): EncodedHistogram | null =>
      this.#of[name].totalCount === 0
        ? null
        : {
            buckets: encodeIntoCompressedBase64(this.#of[name]),
            maxMicros: this.#maxMicros[name],
          };
    return { due: encoded('due'), send: encoded('send'), lateness: encoded('lateness') };
  }

  summary(name: LatencyName): LatencySummary {
    const histogram = this.#of[name];
    const max = this.#maxMicros[name];
    // A percentile is the upper end of its bucket, which can lie beyond the largest value.
    const at = (percentile: number): number =>
      Math.min(histogram.getValueAtPercentile(percentile), max) / 1_000;
    return {
      count: histogram.totalCount,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: max / 1_000,
    };
  }

  /** Forgets everything, keeping the memory. */
  reset(): void {
    for (const name of LATENCIES) {
      this.#of[name].reset();
      this.#maxMicros[name] = 0;
    }
  }
}
