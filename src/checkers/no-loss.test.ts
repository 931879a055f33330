import { describe, expect, it } from 'vitest';
import type { RunEvent, SuspectEvent } from '../record/events.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Finding } from './checker.ts';
import { noLossChecker } from './no-loss.ts';
import { type Draft, ends, fate, instead, recordOf } from './test/a-record.ts';

const check = (record: RunRecord): Finding => noLossChecker.check(record, {});
const codes = ({ anomalies }: Finding): string[] => anomalies.map(({ code }) => code);

const gone = (draft: Draft): void => {
  instead(
    draft,
    fate('in-log', [
      [0, 9],
      [13, 2_999],
    ]),
  );
  setEnds(draft, { records: 2_997, highWatermark: '2997', position: '2997' });
};
const setEnds = (draft: Draft, changes: Parameters<typeof ends>[1]): void => {
  draft.events = draft.events.map((event) =>
    event.kind === 'final-offsets' && event.partition === 0 ? ends(0, changes) : event,
  );
};
const suspects = (replicas: SuspectEvent['replicas']): RunEvent => ({
  t: 66_000,
  kind: 'suspects',
  topic: 'orders',
  partition: 0,
  session: 'p0',
  suspicion: 'missing',
  ranges: [[10, 12]],
  replicas,
});
const retention = (draft: Draft, config: Record<string, string>): void => {
  draft.plan = {
    ...draft.plan,
    topics: draft.plan.topics.map((topic) => ({ ...topic, config })),
  };
};

describe('no-loss', () => {
  it('passes when every acknowledged record is in the log', () => {
    expect(check(recordOf())).toMatchObject({
      outcome: 'pass',
      because: 'all 6 000 acknowledged records are in the log',
      looked: { at: 6_000 },
    });
  });

  it('fails with the sequence numbers when no replica holds an acknowledged record', () => {
    const finding = check(
      recordOf((draft) => {
        gone(draft);
        draft.events.push(
          suspects([
            { node: 'broker-1', found: 0, dump: null },
            { node: 'broker-2', found: 0, dump: null },
          ]),
        );
      }),
    );
    expect(finding.outcome).toBe('fail');
    expect(finding.anomalies).toEqual([
      {
        code: 'LOST',
        where: 'orders-0',
        text:
          '3 acknowledged records of session p0 not in the log: 10–12, 3 of them seen by the live ' +
          'consumer; broker-1 holds 0, broker-2 holds 0',
      },
    ]);
  });

  it('fails as UNDELIVERED when a replica holds what the final read did not deliver', () => {
    const finding = check(
      recordOf((draft) => {
        gone(draft);
        draft.events.push(suspects([{ node: 'broker-2', found: 3, dump: 'evidence/x.txt' }]));
      }),
    );
    expect(finding.outcome).toBe('fail');
    expect(codes(finding)).toEqual(['UNDELIVERED']);
  });

  it('tells both when a replica holds only some of the missing', () => {
    const finding = check(
      recordOf((draft) => {
        gone(draft);
        draft.events.push(suspects([{ node: 'broker-2', found: 1, dump: null }]));
      }),
    );
    expect(codes(finding)).toEqual(['LOST', 'UNDELIVERED']);
  });

  it('fails without a third opinion and says that there was none', () => {
    const finding = check(recordOf(gone));
    expect(finding.outcome).toBe('fail');
    expect(finding.because).toMatch(/^LOST orders-0: .*nobody looked into the segments/);
  });

  it('is inconclusive when a later read found the missing record: the reading is in doubt', () => {
    const finding = check(recordOf((draft) => draft.events.push(suspects([]))));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(/10–12 missing in the final read and found by a later one/);
  });

  it('does not mind that unknown and failed records are missing', () => {
    const finding = check(
      recordOf((draft) => {
        instead(draft, fate('acknowledged', [[0, 2_899]]));
        draft.deltas.push(fate('failed', [[2_900, 2_949]]));
        instead(draft, fate('in-log', [[0, 2_899]]));
        setEnds(draft, { records: 2_900, highWatermark: '2900', position: '2900' });
      }),
    );
    expect(finding.outcome).toBe('pass');
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    [
      'the final read did not come to the high watermark',
      (draft) => setEnds(draft, { position: '2999' }),
      /orders-0 was read up to 2999 and ends at 3000/,
    ],
    [
      'a codec could not be read',
      (draft) => setEnds(draft, { trouble: 'codec lz4' }),
      /orders-0 could not be read to its end: codec lz4/,
    ],
    [
      'a partition was not read',
      (draft) => {
        draft.events = draft.events.filter(
          (event) => event.kind !== 'final-offsets' || event.partition !== 1,
        );
      },
      /orders-1 was not read at the end/,
    ],
    [
      'nothing was acknowledged',
      (draft) => {
        instead(draft, fate('acknowledged', [], 0));
        instead(draft, fate('acknowledged', [], 1));
      },
      /no record was acknowledged/,
    ],
    [
      'records are missing and the ledger holds fewer than were read',
      (draft) => instead(draft, fate('in-log', [[0, 2_000]])),
      /3000 records were read and the ledger holds 2001/,
    ],
    [
      'records are missing and the ledger is broken',
      (draft) => {
        gone(draft);
        draft.breaks.push('ledger.ndjson breaks off in line 7: cut short');
      },
      /the ledger is not whole/,
    ],
    [
      'a declared retention may have removed what is missing',
      (draft) => {
        retention(draft, { 'retention.ms': '1000' });
        instead(draft, fate('in-log', [[100, 2_999]]));
        setEnds(draft, { logStart: '100', records: 2_900 });
      },
      /EVIDENCE_REMOVED session p0, orders-0: 100 acknowledged records/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(recordOf(change));
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('does not let a declared retention excuse a hole in the middle of the log', () => {
    const finding = check(
      recordOf((draft) => {
        retention(draft, { 'retention.ms': '1000' });
        instead(
          draft,
          fate('in-log', [
            [100, 199],
            [203, 2_999],
          ]),
        );
        setEnds(draft, { logStart: '100', records: 2_897 });
      }),
    );
    expect(finding.outcome).toBe('fail');
    expect(finding.because).toMatch(/^LOST orders-0: 3 acknowledged records .*200–202/);
  });

  it('names a log start that moved although nothing was declared', () => {
    const finding = check(
      recordOf((draft) => {
        instead(draft, fate('in-log', [[100, 2_999]]));
        setEnds(draft, { logStart: '100', records: 2_900 });
      }),
    );
    expect(finding.outcome).toBe('fail');
    expect(codes(finding)).toEqual(['RETENTION_EARLY', 'LOST']);
  });

  it('proves a loss in one partition although another could not be read', () => {
    const finding = check(
      recordOf((draft) => {
        gone(draft);
        draft.events = draft.events.map((event) =>
          event.kind === 'final-offsets' && event.partition === 1
            ? ends(1, { position: null, trouble: 'no leader' })
            : event,
        );
      }),
    );
    expect(finding.outcome).toBe('fail');
  });
});
