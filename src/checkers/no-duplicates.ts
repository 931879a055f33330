import { showCount } from '../core/units.ts';
import type { Delivery } from '../record/ledger.ts';
import { showPartition } from '../record/names.ts';
import type { CheckRef } from '../record/plan.ts';
import { countRanges, rangesOfNumbers, showRanges, unionRanges } from '../record/range-set.ts';
import type { Ranges } from '../record/ranges.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Anomaly, Checker } from './checker.ts';
import { decide } from './finding.ts';
import { doubtsOf, finalReads, inLogCount } from './readings/final-reads.ts';

/**
 * Claim: no record stands in the log twice.
 *
 * Sees: one sequence number of one session at two offsets of its partition. Every attempt of the
 * load is made once and never retried, so nothing in highwater can write a record twice: whatever
 * the attempt's outcome was, a second copy was made by the system or by its client (DUP_LOG).
 *
 * Does not mind: the same offset handed to the consumer again. At least once is what a consumer
 * group promises; how often it happened is measured, not judged.
 *
 * Cannot see: duplicates of records without our sequence numbers, and a copy in another partition
 * (that is WRONG_PARTITION, see no-strangers).
 *
 * False alarms: none are known; identity is by offset and sequence number, never by payload.
 */
export const noDuplicatesChecker: Checker = {
  claim: 'no-duplicates',
  needsFault: false,
  aboutTime: false,
  statement: () => 'no record is in the log twice',
  check(record) {
    const inLog = inLogCount(record);
    const doubled = doubledOf(record);
    const twice = doubled.reduce((sum, { ranges }) => sum + countRanges(ranges), 0);
    const redelivered = record.ledger.deliveries.reduce(
      (sum, { fates }) => sum + countRanges(fates['consumed-again']),
      0,
    );
    return decide({
      looked: { at: inLog, what: 'records in the log' },
      measured: [
        { name: 'in the log twice', value: twice, unit: 'records', bound: '0' },
        { name: 'delivered to the consumer again', value: redelivered, unit: 'records' },
      ],
      anomalies: doubled.map(witness),
      doubts: [
        ...doubtsOf(finalReads(record)),
        ...(inLog === 0 ? ['no record was found in the log'] : []),
      ],
      holds: `each of ${showCount(inLog)} records is in the log once`,
    });
  },
};

/** For suites: no record is in the log twice. */
export const noDuplicates = (): CheckRef => ({ claim: noDuplicatesChecker.claim, params: {} });

interface Doubled {
  readonly of: Pick<Delivery, 'topic' | 'partition' | 'session'>;
  readonly ranges: Ranges;
  readonly example: string;
}

function doubledOf({ ledger }: RunRecord): Doubled[] {
  return ledger.deliveries.flatMap((of) => {
    const lines = ledger.duplicates.filter(
      (line) =>
        line.topic === of.topic && line.partition === of.partition && line.session === of.session,
    );
    const told = rangesOfNumbers(lines.map(({ sequence }) => sequence));
    const ranges = unionRanges(of.fates['in-log-again'], told);
    if (ranges.length === 0) return [];
    const [line] = lines;
    const example =
      line === undefined ? '' : `; ${line.sequence} is at offsets ${line.offsets.join(' and ')}`;
    return [{ of, ranges, example }];
  });
}

function witness({ of, ranges, example }: Doubled): Anomaly {
  const count = countRanges(ranges);
  return {
    code: 'DUP_LOG',
    where: showPartition(of),
    text:
      `${showCount(count)} ${count === 1 ? 'record' : 'records'} of session ${of.session} in the ` +
      `log more than once: ${showRanges(ranges)}${example}`,
  };
}
