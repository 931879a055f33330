import type { Anomaly, Checker } from '../checker.ts';
import { decide } from '../finding.ts';

/**
 * Claim, of every run: all that the run took of the world was given back, and a census found
 * nothing.
 *
 * It never fails: what highwater leaves behind says nothing of the system under test, and such a
 * run is no proof of anything either, because leftovers disturb the next one. Cannot see: what was
 * taken without a lease, and what the environment's census does not look for.
 */
export const nothingLeftBehindChecker: Checker = {
  claim: 'nothing-left-behind',
  needsFault: false,
  aboutTime: false,
  statement: () => 'the run left nothing behind',
  check({ cleanup }) {
    const leftovers = (cleanup?.leftovers ?? []).map(
      ({ kind, what }): Anomaly => ({ code: 'LEFT_BEHIND', where: kind, text: what }),
    );
    const failures = (cleanup?.entries ?? []).flatMap(({ label, error }): Anomaly[] =>
      error === undefined ? [] : [{ code: 'CLEANUP_FAILED', where: label, text: error }],
    );
    const problems = [...leftovers, ...failures];
    const uncounted = (cleanup?.failures ?? 0) > failures.length ? ['cleaning up failed'] : [];
    const finding = decide({
      looked: { at: cleanup?.entries.length ?? 0, what: 'things to give back' },
      measured: [
        { name: 'left behind', value: leftovers.length, unit: 'count', bound: '0' },
        { name: 'failed to give back', value: cleanup?.failures ?? 0, unit: 'count', bound: '0' },
      ],
      anomalies: [],
      doubts: [
        ...(cleanup === null ? ['cleaning up was not finished, or not recorded'] : []),
        ...problems.map(({ where, text }) => `${where}: ${text}`),
        ...uncounted,
      ],
      holds: `${cleanup?.entries.length ?? 0} things were given back, and a census found nothing`,
    });
    return { ...finding, anomalies: problems };
  },
};
