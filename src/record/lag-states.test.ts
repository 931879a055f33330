import { describe, expect, it } from 'vitest';
import { lagAges, lagStretches } from './lag-states.ts';
import type { Sample } from './samples.ts';

/** One look a second from 0 on: lag and committed offset; null is no look. */
const looks = (...seen: (readonly [lag: number, committed: number] | null)[]): Sample[] =>
  seen.flatMap((look, index): Sample[] => {
    const [t, of] = [index * 1_000, 'orders-0'];
    if (look === null) return [];
    return [
      { t, series: 'lag', of, value: look[0] },
      { t, series: 'committed', of, value: look[1] },
    ];
  });
const states = (samples: readonly Sample[], to: number) =>
  lagStretches(samples, {
    of: 'orders-0',
    form: 'lag',
    within: { from: 0, to },
    stuckAfter: 2_000,
    blindAfter: 2_000,
  }).map(
    ({ state, from, to: end, most }) =>
      `${state} ${from}–${end}${most === null ? '' : ` ≤ ${most}`}`,
  );

describe('lagStretches', () => {
  it('tells a group that works off a backlog from one that stands still', () => {
    expect(states(looks([9, 1], [7, 3], [3, 7], [0, 10]), 4_000)).toEqual([
      'behind 0–3000 ≤ 9',
      'caught up 3000–4000 ≤ 0',
    ]);
    expect(states(looks([9, 1], [9, 1], [10, 1], [12, 1], [0, 13]), 5_000)).toEqual([
      'stuck 0–4000 ≤ 12',
      'caught up 4000–5000 ≤ 0',
    ]);
  });

  it('does not call a commit stuck that stands still because there is nothing to read', () => {
    expect(states(looks([0, 5], [0, 5], [0, 5], [0, 5], [0, 5]), 4_500)).toEqual([
      'caught up 0–4500 ≤ 0',
    ]);
  });

  it('does not call a group stuck that moves once in a while', () => {
    expect(states(looks([9, 1], [9, 1], [9, 1], [9, 2], [9, 2], [9, 2]), 5_500)).toEqual([
      'behind 0–5500 ≤ 9',
    ]);
  });

  it('is blind where nobody looked for too long, at the ends too', () => {
    expect(states(looks([0, 1], null, null, null, null, [0, 1]), 9_000)).toEqual([
      'caught up 0–2000 ≤ 0',
      'blind 2000–5000',
      'caught up 5000–7000 ≤ 0',
      'blind 7000–9000',
    ]);
    expect(states(looks(null, null, null, [0, 1]), 4_000)).toEqual([
      'blind 0–3000',
      'caught up 3000–4000 ≤ 0',
    ]);
    expect(states([], 4_000)).toEqual(['blind 0–4000']);
  });

  it('cannot call anything stuck where commits were not recorded', () => {
    const lagOnly = looks([9, 1], [9, 1], [9, 1], [9, 1]).filter(({ series }) => series === 'lag');
    expect(states(lagOnly, 4_000)).toEqual(['behind 0–4000 ≤ 9']);
  });
});

describe('lagAges', () => {
  const ages = (samples: readonly Sample[]) =>
    lagAges(samples, 'orders-0').map(({ atLeast, atMost }) => [atLeast, atMost]);

  it('takes the time between the look that first saw the next record and the look before', () => {
    // The log ends at 10, 20, 30, 40; the group stays at 12, which came between the first two.
    expect(ages(looks([0, 10], [8, 12], [18, 12], [28, 12]))).toEqual([
      [0, 0],
      [0, 1_000],
      [1_000, 2_000],
      [2_000, 3_000],
    ]);
  });

  it('knows no upper end when the record was there before anybody looked', () => {
    expect(ages(looks([10, 0], [10, 0]))).toEqual([
      [0, null],
      [1_000, null],
    ]);
  });

  it('looks further back when a group went back', () => {
    expect(ages(looks([0, 10], [0, 20], [5, 25], [20, 10])).at(-1)).toEqual([2_000, 3_000]);
  });
});
