import { showCount } from '../core/units.ts';
import { showDelivery } from '../record/delivery.ts';
import type { Delivery, OvertakenDelta } from '../record/ledger.ts';
import { showPartition } from '../record/names.ts';
import type { CheckRef } from '../record/plan.ts';
import {
  countRanges,
  intersectRanges,
  rangesContain,
  rangesOfNumbers,
  showRanges,
  subtractRanges,
  unionRanges,
} from '../record/range-set.ts';
import type { Ranges } from '../record/ranges.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Anomaly, Checker } from './checker.ts';
import { decide } from './finding.ts';
import { doubtsOf, finalReads, inLogCount } from './readings/final-reads.ts';

/**
 * Claim: acknowledged records of one session and partition are in the log in the order of sending.
 *
 * Sees: an acknowledged record that stands behind an acknowledged one with a higher number
 * (REORDER).
 *
 * Does not mind: an order broken by a record whose outcome is unknown. Its sender went on without
 * knowing, so nothing was promised of its place (KIP-98: order holds inside one producer epoch, and
 * an unknown outcome may end it); such records are counted and shown.
 *
 * Cannot see: order across sessions or partitions, for there is none.
 *
 * False alarms: a record and the highest number before it are told together. Where that line is
 * missing (their number is capped) and an unknown outcome could be the culprit, the finding is
 * inconclusive.
 */
export const orderChecker: Checker = {
  claim: 'order',
  needsFault: false,
  aboutTime: false,
  statement: () => 'acknowledged records are in the log in the order in which they were sent',
  check(record) {
    const inLog = inLogCount(record);
    const found = record.ledger.deliveries.map((delivery) => breaksOf(record, delivery));
    const proven = found.reduce((sum, part) => sum + countRanges(part.proven), 0);
    const excused = found.reduce((sum, part) => sum + countRanges(part.excused), 0);
    return decide({
      looked: { at: inLog, what: 'records in the log' },
      measured: [
        { name: 'out of order among acknowledged', value: proven, unit: 'records', bound: '0' },
        { name: 'out of order with an unknown outcome', value: excused, unit: 'records' },
      ],
      anomalies: found.flatMap(witness),
      doubts: [
        ...doubtsOf(finalReads(record)),
        ...found.flatMap(({ delivery, unclear }) =>
          unclear.length === 0
            ? []
            : [
                `${showDelivery(delivery)}: ${showRanges(unclear)} out of order, and what stood ` +
                  'before them was not recorded',
              ],
        ),
        ...(inLog === 0 ? ['no record was found in the log'] : []),
      ],
      holds: `${showCount(inLog)} records are in the order of sending`,
    });
  },
};

/** For suites: acknowledged records of a session are in the log in the order of sending. */
export const ordered = (): CheckRef => ({ claim: orderChecker.claim, params: {} });

interface OrderBreaks {
  readonly delivery: Delivery;
  readonly proven: Ranges;
  /** An acknowledged record before them was seen: the first of them, as a witness. */
  readonly example: OvertakenDelta | undefined;
  readonly excused: Ranges;
  readonly unclear: Ranges;
}

function breaksOf({ ledger }: RunRecord, delivery: Delivery): OrderBreaks {
  const { fates } = delivery;
  const late = fates['in-log-out-of-order'];
  const acknowledged = intersectRanges(late, fates.acknowledged);
  const lines = ledger.overtaken.filter(
    (line) =>
      line.topic === delivery.topic &&
      line.partition === delivery.partition &&
      line.session === delivery.session &&
      rangesContain(fates.acknowledged, line.sequence),
  );
  const witnesses = lines.filter(({ by }) => rangesContain(fates.acknowledged, by));
  const byLine = rangesOfNumbers(witnesses.map(({ sequence }) => sequence));
  // Without a line: only when nothing but acknowledged records could have come before it.
  const others = subtractRanges(fates['in-log'], fates.acknowledged);
  const lastOther = others.at(-1)?.[1] ?? -1;
  const unlined = subtractRanges(
    acknowledged,
    rangesOfNumbers(lines.map(({ sequence }) => sequence)),
  );
  const above: Ranges = [[lastOther + 1, Number.MAX_SAFE_INTEGER - 1]];
  const certain = intersectRanges(unlined, above);
  const proven = unionRanges(byLine, certain);
  const unclear = subtractRanges(unlined, above);
  return {
    delivery,
    proven,
    example: witnesses[0],
    excused: subtractRanges(subtractRanges(late, unclear), proven),
    unclear,
  };
}

function witness({ delivery, proven, example }: OrderBreaks): Anomaly[] {
  if (proven.length === 0) return [];
  const count = countRanges(proven);
  const seen =
    example === undefined
      ? ''
      : `; ${example.sequence} stands behind ${example.by}, both acknowledged`;
  const text =
    `${showCount(count)} acknowledged ${count === 1 ? 'record' : 'records'} of session ` +
    `${delivery.session} behind later ones: ${showRanges(proven)}${seen}`;
  return [{ code: 'REORDER', where: showPartition(delivery), text }];
}
