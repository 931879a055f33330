import { showCount } from '../core/units.ts';
import { showDelivery } from '../record/delivery.ts';
import type { SuspectEvent } from '../record/events.ts';
import type { Delivery } from '../record/ledger.ts';
import type { CheckRef } from '../record/plan.ts';
import {
  countRanges,
  intersectRanges,
  rangesOf,
  showRanges,
  subtractRanges,
  unionRanges,
} from '../record/range-set.ts';
import type { Ranges } from '../record/ranges.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Anomaly, Checker } from './checker.ts';
import { decide } from './finding.ts';
import { deliveriesIn, doubtsOf, type FinalRead, finalReads } from './readings/final-reads.ts';

/**
 * Claim: every record whose sending was acknowledged is in the log.
 *
 * Sees: an acknowledged record that the final read, which went from the start of the log to the
 * high watermark, did not find. The third opinion, a look into the segments of every replica, tells
 * LOST (in none of them, or nobody could look) from UNDELIVERED (on a disk, and not delivered). Log
 * starts that moved although the topic declares no retention are RETENTION_EARLY.
 *
 * Cannot see: what became of unknown outcomes (they may be in the log or not), loss behind the high
 * watermark that was never acknowledged, loss by a power failure (a killed process keeps the page
 * cache), and records that a declared retention removed: those are EVIDENCE_REMOVED, not LOST.
 *
 * False alarms: none are known while the ledger is whole. It is not when more records were read
 * than it holds, when its file is broken, or when a suspect turned up in a later read; then a
 * missing record proves nothing.
 */
export const noLossChecker: Checker = {
  claim: 'no-loss',
  needsFault: false,
  aboutTime: false,
  statement: () => 'no acknowledged record is lost',
  check(record) {
    const reads = finalReads(record);
    const found = reads.map((read) => lookAt(record, read));
    const acknowledged = record.ledger.deliveries.reduce(
      (sum, { fates }) => sum + countRanges(fates.acknowledged),
      0,
    );
    const missing = found.reduce((sum, part) => sum + part.missing, 0);
    return decide({
      looked: { at: acknowledged, what: 'acknowledged records' },
      measured: [
        { name: 'acknowledged', value: acknowledged, unit: 'records' },
        { name: 'acknowledged and not in the log', value: missing, unit: 'records', bound: '0' },
      ],
      anomalies: found.flatMap(({ anomalies }) => anomalies),
      doubts: [
        ...doubtsOf(reads),
        ...found.flatMap(({ doubts }) => doubts),
        ...strayDoubts(record, reads),
        ...(acknowledged === 0 ? ['no record was acknowledged'] : []),
      ],
      holds: `all ${showCount(acknowledged)} acknowledged records are in the log`,
    });
  },
};

/** For suites: no acknowledged record is lost. */
export const noLoss = (): CheckRef => ({ claim: noLossChecker.claim, params: {} });

interface Part {
  readonly missing: number;
  readonly anomalies: readonly Anomaly[];
  readonly doubts: readonly string[];
}
const NOTHING: Part = { missing: 0, anomalies: [], doubts: [] };

function lookAt(record: RunRecord, read: FinalRead): Part {
  const { ends } = read;
  if (ends === null || read.doubt !== null) return NOTHING;
  const policy = retentionOf(record, read);
  const parts = deliveriesIn(record, read.of).map((delivery): Part => {
    const gone = subtractRanges(delivery.fates.acknowledged, delivery.fates['in-log']);
    const late = turnedUpLater(record, delivery);
    if (late !== null) return { missing: countRanges(gone), anomalies: [], doubts: [late] };
    if (gone.length === 0) return NOTHING;
    const removed = removedOf(policy, read, { fates: delivery.fates, gone });
    const lost = subtractRanges(gone, removed);
    return {
      missing: countRanges(gone),
      anomalies: lost.length === 0 ? [] : witnesses(record, delivery, lost),
      doubts: removed.length === 0 ? [] : [evidenceRemoved(delivery, removed)],
    };
  });
  const missing = parts.reduce((sum, part) => sum + part.missing, 0);
  const doubts = parts.flatMap((part) => part.doubts);
  const hole = missing > 0 ? ledgerHole(record, read) : null;
  if (hole !== null) return { missing, anomalies: [], doubts: [...doubts, hole] };
  const anomalies = parts.flatMap((part) => part.anomalies);
  const early = missing > 0 && BigInt(ends.logStart) > 0n && policy === null;
  if (!early) return { missing, anomalies, doubts };
  const moved = {
    code: 'RETENTION_EARLY',
    where: read.name,
    text: `the log starts at ${ends.logStart} and its topic declares no retention`,
  };
  return { missing, anomalies: [moved, ...anomalies], doubts };
}

/** Why a missing record is not proven to be missing: the ledger itself lacks some. */
function ledgerHole(record: RunRecord, { of, name, ends }: FinalRead): string | null {
  const broken = record.breaks.find((text) => text.startsWith('ledger.ndjson'));
  if (broken !== undefined) return `${name}: the ledger is not whole (${broken})`;
  const deliveries = deliveriesIn(record, of);
  const strange = record.ledger.strangers.some(
    ({ topic, partition, by }) =>
      topic === of.topic && partition === of.partition && by === 'final-read',
  );
  const again = deliveries.some(({ fates }) => fates['in-log-again'].length > 0);
  const held = deliveries.reduce((sum, { fates }) => sum + countRanges(fates['in-log']), 0);
  // Duplicates and strangers are records too, and their lines are capped: then counts cannot tell.
  if (strange || again || ends === null || held >= ends.records) return null;
  return `${name}: ${ends.records} records were read and the ledger holds ${held} of them`;
}

function turnedUpLater(record: RunRecord, delivery: Delivery): string | null {
  const inLog = delivery.fates['in-log'];
  const found = suspectsOf(record, delivery).flatMap(({ ranges }) => [
    ...intersectRanges(ranges, inLog),
  ]);
  return found.length === 0
    ? null
    : `${showDelivery(delivery)}: ${showRanges(found)} missing in the final read and found by a ` +
        'later one: the reading itself is in doubt';
}

const suspectsOf = (record: RunRecord, of: Delivery): SuspectEvent[] =>
  record.events.filter(
    (event) =>
      event.kind === 'suspects' &&
      event.topic === of.topic &&
      event.partition === of.partition &&
      event.session === of.session,
  ) as SuspectEvent[];

const RETENTION_KEYS = [
  'retention.ms',
  'retention.bytes',
  'cleanup.policy',
  'segment.ms',
  'delete.retention.ms',
  'local.retention.ms',
  'local.retention.bytes',
];

/** What the topic declares that may remove records: `compact`, `delete`, or null for nothing. */
function retentionOf(record: RunRecord, { of }: FinalRead): 'compact' | 'delete' | null {
  const config = record.plan.topics.find(({ name }) => name === of.topic)?.config ?? {};
  if (config['cleanup.policy']?.includes('compact')) return 'compact';
  return RETENTION_KEYS.some((key) => config[key] !== undefined) ? 'delete' : null;
}

/**
 * Which of the missing records a declared retention may have removed. It removes the head of the
 * log, and records of a session stand in order there: one above the first that is left was not in
 * the head, unless order was broken too.
 */
function removedOf(
  policy: ReturnType<typeof retentionOf>,
  { ends }: FinalRead,
  { fates, gone }: Pick<Delivery, 'fates'> & { readonly gone: Ranges },
): Ranges {
  if (policy === 'compact') return gone;
  if (policy === null || BigInt(ends?.logStart ?? '0') === 0n) return [];
  const first = fates['in-log'][0];
  if (first === undefined || fates['in-log-out-of-order'].length > 0) return gone;
  return intersectRanges(gone, rangesOf(0, first[0] - 1));
}

const evidenceRemoved = (delivery: Delivery, removed: Ranges): string =>
  `EVIDENCE_REMOVED ${showDelivery(delivery)}: ${showCount(countRanges(removed))} acknowledged ` +
  `records may have been removed by the declared retention (${showRanges(removed)})`;

/** LOST and UNDELIVERED by what the replicas' segments hold of the missing records. */
function witnesses(record: RunRecord, delivery: Delivery, lost: Ranges): Anomaly[] {
  const opinions = suspectsOf(record, delivery).map((event) => ({
    replicas: event.replicas,
    of: intersectRanges(event.ranges, lost),
  }));
  const unasked = subtractRanges(lost, unionRanges(...opinions.map(({ of }) => of)));
  const anomalies = opinions.flatMap(({ of, replicas }) =>
    of.length === 0 ? [] : [...opinionOn(delivery, of, replicas)],
  );
  if (unasked.length === 0) return anomalies;
  const text = `${told(delivery, unasked)}; nobody looked into the segments of its replicas`;
  return [...anomalies, { code: 'LOST', where: where(delivery), text }];
}

function* opinionOn(
  delivery: Delivery,
  of: Ranges,
  replicas: SuspectEvent['replicas'],
): Generator<Anomaly> {
  const most = Math.max(0, ...replicas.map(({ found }) => found ?? 0));
  const sum = replicas.reduce((all, { found }) => all + (found ?? 0), 0);
  const seen = replicas
    .map(({ node, found }) => `${node} ${found === null ? 'could not be read' : `holds ${found}`}`)
    .join(', ');
  const text = `${told(delivery, of)}; ${seen === '' ? 'no replica was looked at' : seen}`;
  // Without numbers of their own, the suspects found on several replicas may be the same or not.
  if (sum < countRanges(of)) yield { code: 'LOST', where: where(delivery), text };
  if (most > 0) yield { code: 'UNDELIVERED', where: where(delivery), text };
}

const where = ({ topic, partition }: Delivery): string => `${topic}-${partition}`;

function told({ session, fates }: Delivery, of: Ranges): string {
  const consumed = countRanges(intersectRanges(of, fates.consumed));
  const seen = consumed === 0 ? '' : `, ${showCount(consumed)} of them seen by the live consumer`;
  const count = countRanges(of);
  const records = count === 1 ? 'record' : 'records';
  return (
    `${showCount(count)} acknowledged ${records} of session ${session} ` +
    `not in the log: ${showRanges(of)}${seen}`
  );
}

/** Acknowledged records in a partition that the plan does not name: nobody read it back. */
const strayDoubts = (record: RunRecord, reads: readonly FinalRead[]): string[] =>
  record.ledger.deliveries
    .filter(
      (delivery) =>
        delivery.fates.acknowledged.length > 0 &&
        !reads.some(({ name }) => name === where(delivery)),
    )
    .map((delivery) => `${showDelivery(delivery)} is not in the plan and was not read back`);
