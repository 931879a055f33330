/**
 * One number at one time, one line of samples.ndjson. Counts cover the interval since the row
 * before of the same series and subject. The series:
 *   attempted acknowledged unknown failed dropped late   records, by topic-partition
 *   consumed                                             records, by topic-partition
 *   latency.due.p50 .p99 .max, latency.send.p50 .p99 .max, lateness.p99    ms, of "load"
 *   lag                  high watermark − committed, by topic-partition
 *   lag.stable           last stable offset − committed: what a read-committed group has left
 *   open-transactions    high watermark − last stable offset
 *   committed            committed offset of the group; no row where there is none
 *   isr                  size of the in-sync set, by topic-partition
 *   host.loop-delay.p99  ms; host.cpu-busy, host.cpu-steal  share 0..1, of "host"
 */
export interface Sample {
  readonly t: number;
  readonly series: SeriesName;
  /** `orders-0`, `load`, `host`, a node. */
  readonly of: string;
  readonly value: number;
}

/** Names a series. */
export type SeriesName =
  | 'attempted'
  | 'acknowledged'
  | 'unknown'
  | 'failed'
  | 'dropped'
  | 'late'
  | 'consumed'
  | 'latency.due.p50'
  | 'latency.due.p99'
  | 'latency.due.max'
  | 'latency.send.p50'
  | 'latency.send.p99'
  | 'latency.send.max'
  | 'lateness.p99'
  | 'lag'
  | 'lag.stable'
  | 'open-transactions'
  | 'committed'
  | 'isr'
  | 'host.loop-delay.p99'
  | 'host.cpu-busy'
  | 'host.cpu-steal';
