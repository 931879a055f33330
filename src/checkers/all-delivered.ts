import { showCount } from '../core/units.ts';
import { showDelivery } from '../record/delivery.ts';
import type { Delivery } from '../record/ledger.ts';
import type { CheckRef } from '../record/plan.ts';
import { countRanges, showRanges, subtractRanges } from '../record/range-set.ts';
import type { RunRecord } from '../record/run-record.ts';
import { seriesOf } from '../record/series.ts';
import type { Checker } from './checker.ts';
import { decide } from './finding.ts';
import {
  deliveriesIn,
  doubtsOf,
  type FinalRead,
  finalReads,
  inLogCount,
} from './readings/final-reads.ts';

/**
 * Claim: every record in the log was handed to the consumer group.
 *
 * Sees: a record that the final read found in the log and that no member of the group was ever
 * given, although the group's committed offset is at the end of its partition: nobody will be given
 * it any more (UNDELIVERED). Records of unknown outcome that are in the log count like all others.
 *
 * Does not mind: records that were handed over more than once, or out of order after a rebalance.
 *
 * Cannot see: whether a member did anything with what it was handed. Records that are missing while
 * the group had not reached the end may still come: then it cannot be told (see lag-drained).
 *
 * False alarms: none are known while the ledger is whole. It is not when its file is broken, or
 * when the run had trouble: a worker that died told nobody what it was given.
 */
export const allDeliveredChecker: Checker = {
  claim: 'all-delivered',
  needsFault: false,
  aboutTime: false,
  statement: () => 'every record in the log was handed to the consumer group',
  check(record) {
    const reads = finalReads(record);
    const parts = reads.map((read) => lookAt(record, read));
    const inLog = inLogCount(record);
    const missing = parts.reduce((sum, part) => sum + part.missing, 0);
    const consumed = record.ledger.deliveries.some(({ fates }) => fates.consumed.length > 0);
    return decide({
      looked: { at: consumed ? inLog : 0, what: 'records in the log' },
      measured: [
        { name: 'in the log', value: inLog, unit: 'records' },
        { name: 'never handed to the group', value: missing, unit: 'records', bound: '0' },
      ],
      anomalies: parts.flatMap(({ witnesses, doubt }) =>
        doubt !== null
          ? []
          : witnesses.map(({ where, text }) => ({ code: 'UNDELIVERED', where, text })),
      ),
      doubts: [
        ...doubtsOf(reads),
        ...(consumed ? [] : ['no record was handed to a consumer group']),
        ...parts.flatMap(({ doubt }) => doubt ?? []),
      ],
      holds: `all ${showCount(inLog)} records in the log were handed to the group`,
    });
  },
};

/** For suites: every record in the log was handed to the consumer group. */
export const allDelivered = (): CheckRef => ({ claim: allDeliveredChecker.claim, params: {} });

interface Part {
  readonly missing: number;
  readonly witnesses: readonly { readonly where: string; readonly text: string }[];
  /** Why what is missing is not proven to be undelivered; null when it is, or nothing is. */
  readonly doubt: string | null;
}

function lookAt(record: RunRecord, read: FinalRead): Part {
  const gone = deliveriesIn(record, read.of)
    .map((delivery) => ({ delivery, of: missingOf(delivery) }))
    .filter(({ of }) => of.length > 0);
  const missing = gone.reduce((sum, { of }) => sum + countRanges(of), 0);
  const witnesses = gone.map(({ delivery, of }) => ({
    where: read.name,
    text:
      `${showCount(countRanges(of))} records of session ${delivery.session} are in the log, the ` +
      `group committed past them, and no member was handed them: ${showRanges(of)}`,
  }));
  const unsure = missing === 0 ? null : whyUnsure(record, read);
  const [first] = gone;
  const doubt =
    unsure === null || first === undefined
      ? null
      : `${showDelivery(first.delivery)}: ${showRanges(first.of)} not handed over; ${unsure}`;
  return { missing, witnesses, doubt };
}

const missingOf = ({ fates }: Delivery): ReturnType<typeof subtractRanges> =>
  subtractRanges(fates['in-log'], fates.consumed);

function whyUnsure(record: RunRecord, { name, ends }: FinalRead): string | null {
  const broken = record.breaks.find((text) => text.startsWith('ledger.ndjson'));
  if (broken !== undefined) return `the ledger is not whole (${broken})`;
  if (record.events.some(({ kind }) => kind === 'trouble')) {
    return 'the run had trouble, and what a worker was given may not have been told';
  }
  const committed = seriesOf(record.samples, 'committed', name).at(-1)?.value;
  if (committed === undefined) return `the group's commits on ${name} were not looked at`;
  // Behind the last stable offset nothing is owed to a group that reads committed data only.
  if (ends === null) return 'where the log ends is not known';
  const end = Number(ends.lastStable);
  return committed >= end ? null : `the group had committed ${committed} of ${end}`;
}
