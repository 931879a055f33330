import { describe, expect, it } from 'vitest';
import { OutageTracker, type Stretch, type TrackedAttempt } from './outages.ts';

/**
 * Plays attempts [sent at, acknowledged at or null] with one record each, settled in the given
 * order.
 */
function play(
  attempts: readonly (readonly [sentAt: number, acknowledgedAt: number | null])[],
  options: { readonly settle?: readonly number[]; readonly endAt?: number } = {},
): readonly Stretch[] {
  const found: Stretch[] = [];
  const tracker = new OutageTracker((stretch) => found.push(stretch));
  const tracked = attempts.map(
    ([sentAt]): TrackedAttempt => ({ sentAt, records: 1, acknowledgedAt: undefined }),
  );
  for (const attempt of tracked) tracker.sent(attempt);
  for (const index of options.settle ?? attempts.keys()) {
    const attempt = tracked[index] as TrackedAttempt;
    attempt.acknowledgedAt = attempts[index]?.[1] ?? null;
    tracker.settle();
  }
  if (options.endAt !== undefined) tracker.end(options.endAt);
  return found;
}

describe('OutageTracker', () => {
  it('tells a stretch without acknowledgement with its sends on both sides', () => {
    const found = play([
      [0, 5],
      [10, null],
      [100, null],
      [400, 410],
      [410, 420],
    ]);
    expect(found).toEqual([
      {
        lastAckSentAt: 0,
        lastAckAt: 5,
        firstUnackedSentAt: 10,
        lastUnackedSentAt: 100,
        firstAckSentAt: 400,
        firstAckAt: 410,
        attempts: 2,
        records: 2,
      },
    ]);
  });

  it('is silent about failures between acknowledged attempts less than 250 ms apart', () => {
    expect(
      play([
        [0, 5],
        [10, null],
        [249, 260],
        [300, null],
        [400, 405],
      ]),
    ).toEqual([]);
  });

  it('begins at exactly 250 ms', () => {
    const stretch = (end: number): readonly Stretch[] =>
      play([
        [0, 5],
        [10, null],
        [end, end + 1],
      ]);
    expect(stretch(249.999)).toHaveLength(0);
    expect(stretch(250)).toHaveLength(1);
  });

  it('is silent about a stall after which everything was acknowledged', () => {
    expect(
      play([
        [0, 5],
        [10, 3_000],
        [3_100, 3_105],
      ]),
    ).toEqual([]);
  });

  it('is silent about a long pause without attempts', () => {
    expect(
      play([
        [0, 5],
        [9_000, 9_005],
      ]),
    ).toEqual([]);
  });

  it('goes by the order of sending whatever the order of completions', () => {
    const attempts = [
      [0, 5],
      [10, null],
      [20, 1_500],
      [300, null],
      [600, 605],
    ] as const;
    // 10 lies between sends 0 and 20: a hiccup. 300 lies between sends 20 and 600: an outage.
    const expected = [
      expect.objectContaining({ lastAckSentAt: 20, firstAckSentAt: 600, attempts: 1 }),
    ];
    expect(play(attempts)).toEqual(expected);
    expect(play(attempts, { settle: [4, 3, 0, 2, 1] })).toEqual(expected);
  });

  it('tells an outage from the very first attempt with nothing before it', () => {
    expect(
      play([
        [0, null],
        [100, null],
        [300, 305],
      ]),
    ).toEqual([
      expect.objectContaining({ lastAckSentAt: null, lastAckAt: null, firstAckSentAt: 300 }),
    ]);
  });

  it('tells an outage that the end of the load leaves open', () => {
    expect(
      play(
        [
          [0, 5],
          [10, null],
          [40, null],
        ],
        { endAt: 600 },
      ),
    ).toEqual([
      {
        lastAckSentAt: 0,
        lastAckAt: 5,
        firstUnackedSentAt: 10,
        lastUnackedSentAt: 40,
        firstAckSentAt: null,
        firstAckAt: null,
        attempts: 2,
        records: 2,
      },
    ]);
  });

  it('is silent about a last attempt that failed just before the end', () => {
    expect(
      play(
        [
          [0, 5],
          [10, null],
        ],
        { endAt: 12 },
      ),
    ).toEqual([]);
  });
});
