/**
 * What report.html draws, as plain JSON: computed here, where it can be tested; the page's own
 * script only puts it on canvases. Times are seconds since the origin of the run, as `t` in
 * history.ndjson is in milliseconds, so that a moment in a chart can be looked up there.
 */
export interface ChartPage {
  /** All charts share this stretch of time. */
  readonly from: number;
  readonly to: number;
  readonly bands: readonly Band[];
  readonly charts: readonly Chart[];
}

/** A stretch of time that every chart shades. */
export interface Band {
  readonly kind: 'warm-up' | 'fault' | 'change';
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** One chart of the report, as data. */
export type Chart = LineChart | LaneChart;

interface ChartHead {
  readonly id: string;
  readonly title: string;
  /** What was left out or how to read it; empty when there is nothing to say. */
  readonly note: string;
}

/** Numbers over time. */
export interface LineChart extends ChartHead {
  readonly kind: 'lines';
  readonly unit: 'records/s' | 'records' | 'ms';
  readonly scale: 'linear' | 'log';
  /** First and last are the ends of the page, so that all axes agree. */
  readonly x: readonly number[];
  readonly series: readonly Line[];
}

/** One line of a chart. */
export interface Line {
  readonly label: string;
  /** Names a colour of the style sheet: `acknowledged` is `--c-acknowledged`. */
  readonly colour: string;
  readonly dashed?: true;
  readonly values: readonly (number | null)[];
}

/** States over time: who leads a partition, whether a node is up. */
export interface LaneChart extends ChartHead {
  readonly kind: 'lanes';
  readonly x: readonly number[];
  readonly lanes: readonly Lane[];
}

/** One row of a lane chart. */
export interface Lane {
  readonly label: string;
  readonly spans: readonly LaneSpan[];
  /** Stretches without any acknowledgement, drawn over the spans. */
  readonly outages: readonly { readonly from: number; readonly to: number }[];
}

/** A stretch in a lane. */
export interface LaneSpan {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly colour: string;
  /** Fewer in-sync replicas than there were at most. */
  readonly reduced?: true;
}

/** Milliseconds as seconds, no finer than a millisecond. */
export const inSeconds = (t: number): number => Math.round(t) / 1_000;
