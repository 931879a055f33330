import { describe, expect, it } from 'vitest';
import type { Checker } from './checker.ts';
import { noDuplicatesChecker } from './no-duplicates.ts';
import { noStrangersChecker } from './no-strangers.ts';
import { orderChecker } from './order.ts';
import { type Draft, ends, fate, instead, recordOf } from './test/a-record.ts';

const of = { topic: 'orders', partition: 0 } as const;
const unread = (draft: Draft): void => {
  draft.events = draft.events.map((event) =>
    event.kind === 'final-offsets' && event.partition === 0 ? ends(0, { position: '5' }) : event,
  );
};
const emptied = (draft: Draft): void => {
  instead(draft, fate('in-log', [], 0));
  instead(draft, fate('in-log', [], 1));
};
/** Record 2 000 is unknown and in the log. */
const unknown2000 = (draft: Draft): void => {
  instead(
    draft,
    fate('acknowledged', [
      [0, 1_999],
      [2_001, 2_999],
    ]),
  );
  draft.deltas.push(fate('unknown', [[2_000, 2_000]]));
};

describe.each<[string, Checker]>([
  ['no-duplicates', noDuplicatesChecker],
  ['order', orderChecker],
  ['no-strangers', noStrangersChecker],
])('%s', (_, checker) => {
  it('passes on a clean log', () => {
    expect(checker.check(recordOf(), {})).toMatchObject({
      outcome: 'pass',
      looked: { at: 6_000 },
      anomalies: [],
    });
  });

  it('is inconclusive when a partition was not read to its end', () => {
    const finding = checker.check(recordOf(unread), {});
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toBe('orders-0 was read up to 5 and ends at 3000');
  });

  it('is inconclusive when the log is empty', () => {
    expect(checker.check(recordOf(emptied), {}).outcome).toBe('inconclusive');
  });
});

describe('no-duplicates', () => {
  it('fails with the offsets of a record that is in the log twice', () => {
    const finding = noDuplicatesChecker.check(
      recordOf(({ deltas }) => {
        deltas.push(fate('in-log-again', [[7, 8]]));
        deltas.push({
          ...of,
          as: 'duplicate-offsets',
          session: 'p0',
          sequence: 7,
          offsets: ['7', '12'],
        });
      }),
      {},
    );
    expect(finding).toMatchObject({
      outcome: 'fail',
      anomalies: [
        {
          code: 'DUP_LOG',
          where: 'orders-0',
          text: '2 records of session p0 in the log more than once: 7–8; 7 is at offsets 7 and 12',
        },
      ],
    });
  });

  it('measures what the consumer got again and does not judge it', () => {
    const finding = noDuplicatesChecker.check(
      recordOf(({ deltas }) => deltas.push(fate('consumed-again', [[0, 99]]))),
      {},
    );
    expect(finding.outcome).toBe('pass');
    expect(finding.measured).toContainEqual({
      name: 'delivered to the consumer again',
      value: 100,
      unit: 'records',
    });
  });
});

describe('order', () => {
  const late = (sequence: number, by: number) => (draft: Draft) => {
    draft.deltas.push(fate('in-log-out-of-order', [[sequence, sequence]]));
    draft.deltas.push({ ...of, as: 'overtaken', session: 'p0', sequence, by });
  };

  it('fails when an acknowledged record stands behind a later acknowledged one', () => {
    const finding = orderChecker.check(
      recordOf((draft) => {
        unknown2000(draft);
        late(7, 9)(draft);
      }),
      {},
    );
    expect(finding).toMatchObject({
      outcome: 'fail',
      anomalies: [
        {
          code: 'REORDER',
          where: 'orders-0',
          text: '1 acknowledged record of session p0 behind later ones: 7; 7 stands behind 9, both acknowledged',
        },
      ],
    });
  });

  it.each<[string, (draft: Draft) => void]>([
    ['stands behind later ones', late(2_000, 2_004)],
    ['stands before earlier ones', late(1_999, 2_000)],
  ])('does not mind that a record of unknown outcome %s', (_, change) => {
    const finding = orderChecker.check(
      recordOf((draft) => {
        unknown2000(draft);
        change(draft);
      }),
      {},
    );
    expect(finding.outcome).toBe('pass');
    expect(finding.measured[1]?.value).toBe(1);
  });

  it('needs no line when only acknowledged records could have come before', () => {
    const finding = orderChecker.check(
      recordOf((draft) => {
        unknown2000(draft);
        draft.deltas.push(fate('in-log-out-of-order', [[2_500, 2_500]]));
      }),
      {},
    );
    expect(finding.outcome).toBe('fail');
  });

  it('is inconclusive when it is not known what stood before an acknowledged record', () => {
    const finding = orderChecker.check(
      recordOf((draft) => {
        unknown2000(draft);
        draft.deltas.push(fate('in-log-out-of-order', [[7, 7]]));
      }),
      {},
    );
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/7 out of order, and what stood before them was not recorded/);
  });
});

describe('no-strangers', () => {
  it.each([
    ['phantom', 'PHANTOM'],
    ['corrupt', 'CORRUPT'],
    ['misplaced', 'WRONG_PARTITION'],
  ] as const)('fails on a %s record as %s', (as, code) => {
    const finding = noStrangersChecker.check(
      recordOf(({ deltas }) =>
        deltas.push({ ...of, as, by: 'final-read', offset: '17', why: 'not ours' }),
      ),
      {},
    );
    expect(finding).toMatchObject({
      outcome: 'fail',
      anomalies: [
        { code, where: 'orders-0', text: 'offset 17: not ours (seen by the final read)' },
      ],
    });
  });
});
