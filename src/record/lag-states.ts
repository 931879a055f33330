import type { Sample, SeriesName } from './samples.ts';
import { seriesOf } from './series.ts';
import type { Interval } from './windows.ts';

/**
 * What a group's lag of one partition comes to. A number of records alone cannot tell a group that
 * works off a backlog from one that hangs, nor either from a probe that saw nothing:
 *
 *   caught up   nothing is left to read
 *   behind      something is left, and the committed offset moves
 *   stuck       something is left, and the committed offset has not moved for `stuckAfter`
 *   blind       nobody looked for `blindAfter`, or there is no commit to count from
 *
 * A group that commits with every checkpoint only (Flink) moves as often as it checkpoints:
 * `stuckAfter` has to be longer than that.
 */
export type LagState = 'caught up' | 'behind' | 'stuck' | 'blind';

/** Which end of the log lag is counted to; a group that reads committed data has the second. */
export type LagForm = 'lag' | 'lag.stable';

/** A stretch in which the state was the same. */
export interface LagStretch extends Interval {
  readonly state: LagState;
  /** The largest and the last lag that was seen in it; null when blind. */
  readonly most: number | null;
  readonly last: number | null;
}

/** What is looked at, and how long is too long. */
export interface LagLook {
  /** `orders-0`. */
  readonly of: string;
  readonly form: LagForm;
  readonly within: Interval;
  readonly stuckAfter: number;
  readonly blindAfter: number;
}

/** The states of one partition in order of time, over the whole of `within`. */
export function lagStretches(samples: readonly Sample[], look: LagLook): LagStretch[] {
  const { within, blindAfter } = look;
  if (within.to <= within.from) return [];
  const points = pointsOf(samples, look);
  const stretches: LagStretch[] = [];
  const add = (next: LagStretch): void => {
    const last = stretches.at(-1);
    if (next.to <= next.from) return;
    if (last === undefined || last.state !== next.state) stretches.push(next);
    else stretches[stretches.length - 1] = joined(last, next);
  };
  let at = within.from;
  for (const [index, point] of points.entries()) {
    const isFirst = index === 0 && point.t - within.from <= blindAfter;
    const from = isFirst ? within.from : point.t;
    add(blind(at, from));
    // A sample speaks for the time up to the next one, unless that is too long after.
    at = Math.min(points[index + 1]?.t ?? within.to, point.t + blindAfter);
    add({ ...point, from, to: at });
  }
  add(blind(at, within.to));
  return stretches;
}

interface Point extends Pick<LagStretch, 'state' | 'most' | 'last'> {
  readonly t: number;
}

/** Every sample of lag in the interval, with its state. */
function pointsOf(samples: readonly Sample[], look: LagLook): Point[] {
  const { of, form, within, stuckAfter } = look;
  const inside = (series: SeriesName): Sample[] =>
    seriesOf(samples, series, of).filter(({ t }) => t >= within.from && t <= within.to);
  const committed = new Map(inside('committed').map(({ t, value }) => [t, value]));
  const rows = inside(form).map(({ t, value }) => ({ t, lag: value, at: committed.get(t) }));
  const points: Point[] = [];
  for (let first = 0; first < rows.length; ) {
    // As many samples as have something left at one and the same committed offset.
    const { lag, at } = rows[first] as (typeof rows)[number];
    let end = first + 1;
    const isMore = (row: (typeof rows)[number] | undefined): boolean =>
      row !== undefined && row.lag !== 0 && row.at === at;
    while (lag !== 0 && isMore(rows[end])) end += 1;
    const run = rows.slice(first, end);
    const stood = (run.at(-1)?.t ?? 0) - (run[0]?.t ?? 0);
    const isStuck = at !== undefined && stood > stuckAfter;
    const state = lag === 0 ? 'caught up' : isStuck ? 'stuck' : 'behind';
    points.push(...run.map((row): Point => ({ t: row.t, most: row.lag, last: row.lag, state })));
    first = end;
  }
  return points;
}

const blind = (from: number, to: number): LagStretch => ({
  state: 'blind',
  from,
  to,
  most: null,
  last: null,
});

const joined = (a: LagStretch, b: LagStretch): LagStretch => ({
  state: a.state,
  from: a.from,
  to: b.to,
  most: a.most === null || b.most === null ? null : Math.max(a.most, b.most),
  last: b.last,
});

/** How old the oldest record was that the group had not committed at a moment, as an interval. */
export interface LagAge {
  readonly t: number;
  readonly records: number;
  readonly atLeast: number;
  /** Null when it was there before the first look. */
  readonly atMost: number | null;
}

/**
 * Lag as time. Lag divided by a rate means nothing when the rate changes; so the next record that
 * is to be read is looked up: it had come by the first look whose high watermark was above the
 * committed offset, and not yet by the look before.
 */
export function lagAges(samples: readonly Sample[], of: string): LagAge[] {
  const committed = new Map(seriesOf(samples, 'committed', of).map(({ t, value }) => [t, value]));
  const looks = seriesOf(samples, 'lag', of).flatMap(({ t, value }) => {
    const at = committed.get(t);
    return at === undefined ? [] : [{ t, lag: value, at, end: at + value }];
  });
  let came = 0;
  let committedBefore = 0;
  return looks.map(({ t, lag, at }): LagAge => {
    // The look that is sought moves back only when the commit does.
    if (at < committedBefore) came = 0;
    committedBefore = at;
    if (lag === 0) return { t, records: 0, atLeast: 0, atMost: 0 };
    while ((looks[came]?.end ?? Number.POSITIVE_INFINITY) <= at) came += 1;
    const seen = looks[came]?.t ?? t;
    const before = looks[came - 1]?.t;
    return { t, records: lag, atLeast: t - seen, atMost: before === undefined ? null : t - before };
  });
}
