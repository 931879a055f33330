import { showCount } from '../core/units.ts';
import type { StrangerDelta } from '../record/ledger.ts';
import { showPartition } from '../record/names.ts';
import type { CheckRef } from '../record/plan.ts';
import type { Anomaly, Checker } from './checker.ts';
import { decide } from './finding.ts';
import { doubtsOf, finalReads, inLogCount } from './readings/final-reads.ts';

/**
 * Claim: the log holds nothing but what was sent to it, where it was sent, as it was sent.
 *
 * Sees: a record that no session of this run attempted (PHANTOM), one whose checksum does not fit
 * its content (CORRUPT), and one whose own words name another topic, partition or run
 * (WRONG_PARTITION); found by the final read, or handed to the live consumer.
 *
 * Does not mind: a record whose outcome was unknown or even a certain failure to the sender; it was
 * attempted, so it is no stranger.
 *
 * Cannot see: a change that also fits the checksum inside the value.
 *
 * False alarms: topics are new in every run; where one is shared with others, their records are
 * PHANTOM here and rightly so.
 */
export const noStrangersChecker: Checker = {
  claim: 'no-strangers',
  needsFault: false,
  aboutTime: false,
  statement: () => 'the log holds only what was sent, where it was sent, as it was sent',
  check(record) {
    const { strangers } = record.ledger;
    const inLog = inLogCount(record);
    return decide({
      looked: { at: inLog, what: 'records in the log' },
      measured: [{ name: 'strangers', value: strangers.length, unit: 'records', bound: '0' }],
      anomalies: strangers.map(witness),
      doubts: [
        ...doubtsOf(finalReads(record)),
        ...(inLog === 0 ? ['no record was found in the log'] : []),
      ],
      holds: `${showCount(inLog)} records are what was sent`,
    });
  },
};

/** For suites: no phantom, corrupt or misplaced record. */
export const noStrangers = (): CheckRef => ({ claim: noStrangersChecker.claim, params: {} });

const CODES = { phantom: 'PHANTOM', corrupt: 'CORRUPT', misplaced: 'WRONG_PARTITION' } as const;

const witness = (stranger: StrangerDelta): Anomaly => ({
  code: CODES[stranger.as],
  where: showPartition(stranger),
  text:
    `offset ${stranger.offset}: ${stranger.why} ` +
    `(seen by the ${stranger.by === 'consumer' ? 'live consumer' : 'final read'})`,
});
