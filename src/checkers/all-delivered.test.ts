import { describe, expect, it } from 'vitest';
import { allDeliveredChecker } from './all-delivered.ts';
import type { Finding } from './checker.ts';
import { type Draft, ends, fate, instead, recordOf } from './test/a-record.ts';

const check = (change: (draft: Draft) => void = () => {}): Finding =>
  allDeliveredChecker.check(recordOf(change), {});
/** Two records of orders-0 are in the log and were handed to nobody. */
const hidden = (draft: Draft): void => {
  instead(
    draft,
    fate('consumed', [
      [0, 99],
      [102, 2_999],
    ]),
  );
};

describe('all-delivered', () => {
  it('passes when everything in the log was handed over, again or not', () => {
    const finding = check((draft) => draft.deltas.push(fate('consumed-again', [[5, 50]])));
    expect(finding).toMatchObject({
      outcome: 'pass',
      because: 'all 6 000 records in the log were handed to the group',
    });
  });

  it('fails with what the group committed past and was never handed', () => {
    const finding = check(hidden);
    expect(finding).toMatchObject({
      outcome: 'fail',
      anomalies: [{ code: 'UNDELIVERED', where: 'orders-0' }],
    });
    expect(finding.because).toMatch(
      /2 records of session p0 are in the log.* handed them: 100–101/,
    );
  });

  it('asks for records of unknown outcome that are in the log, and for none that are not', () => {
    const unknown = (draft: Draft): void => {
      instead(draft, fate('acknowledged', [[0, 2_998]]));
      draft.deltas.push(fate('unknown', [[2_999, 2_999]]));
      instead(draft, fate('consumed', [[0, 2_998]]));
    };
    expect(check(unknown).outcome).toBe('fail');
    const gone = (draft: Draft): void => {
      unknown(draft);
      instead(draft, fate('in-log', [[0, 2_998]]));
    };
    expect(check(gone).outcome).toBe('pass');
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    [
      'the group had not committed to the end',
      (draft) => {
        draft.samples = draft.samples.map((row) =>
          row.series === 'committed' ? { ...row, value: Math.min(row.value, 2_500) } : row,
        );
      },
      /not handed over; the group had committed 2500 of 3000/,
    ],
    [
      'nobody looked at the commits',
      (draft) => {
        draft.samples = draft.samples.filter(({ series }) => series !== 'committed');
      },
      /the group's commits on orders-0 were not looked at/,
    ],
    ['the ledger is broken', (draft) => draft.breaks.push('ledger.ndjson breaks off'), /not whole/],
    [
      'a worker may have died with what it knew',
      (draft) =>
        draft.events.push({
          t: 5,
          kind: 'trouble',
          phase: 'load',
          code: 'LOAD_FAILED',
          message: 'worker c0 died',
          hint: null,
        }),
      /the run had trouble/,
    ],
    [
      'the log was not read back',
      (draft) => {
        draft.events = draft.events.filter(({ kind }) => kind !== 'final-offsets');
        draft.events.push(ends(1));
      },
      /orders-0 was not read at the end/,
    ],
  ])('is inconclusive when records are missing and %s', (_, change, because) => {
    const finding = check((draft) => {
      hidden(draft);
      change(draft);
    });
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('is inconclusive without a consumer group', () => {
    const finding = check((draft) => {
      draft.deltas = draft.deltas.filter(({ as }) => as !== 'consumed');
      draft.samples = draft.samples.filter(({ series }) => series !== 'committed');
    });
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.looked.at).toBe(0);
  });
});
