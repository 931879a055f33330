import type { JsonObject } from '../core/json.ts';
import { ms, type Span } from '../core/time.ts';
import { showSpan } from '../core/units.ts';
import { showPartition } from '../record/names.ts';
import type { CheckRef } from '../record/plan.ts';
import type { RunRecord } from '../record/run-record.ts';
import { countedOf } from '../record/series.ts';
import { loadEnd } from '../record/windows.ts';
import type { Anomaly, Checker, Measurement } from './checker.ts';
import { decide, spanParam } from './finding.ts';
import { floorAfter } from './readings/failover-floor.ts';
import { type OutageBounds, outageBounds } from './readings/outage-bounds.ts';

/**
 * Claim: writes to every partition that lost its leader to a fault are taken again within a limit,
 * and so are writes to partitions whose leader a planned change moved.
 *
 * Sees: per partition an interval that the true outage lies in (outage-bounds.ts). Even its lower
 * end above the limit is UNAVAILABLE_TOO_LONG; its upper end within the limit holds; in between the
 * probe was too coarse to tell. One that never came back is broken if the load went on for the
 * limit. Later outages of the same partitions, as leaders move back, have to be as short.
 *
 * Suspects: an outage that ended sooner than the cluster can have noticed (FAILOVER_TOO_FAST). The
 * controller fences a broker when its session ran out since the last heartbeat; sooner than session
 * minus heartbeat interval means that the fault was graceful, or hit another node than the leader.
 * That holds for faults that silence a broker (failover-floor.ts); one that is stopped, or handled
 * by a planned change, gives its leaders away first, and no haste is suspect there.
 *
 * Cannot see: partitions where the victim was only a follower (acks=all stalls there too), and the
 * difference between a server that is out and a client that has not noticed its return; it is the
 * client's view that is promised.
 *
 * False alarms: a starved host delays everything: then the judge makes a broken claim inconclusive.
 */
export const failoverWithinChecker: Checker = {
  claim: 'failover-within',
  needsFault: true,
  aboutTime: true,
  statement: (params) =>
    'writes to partitions whose leader was lost resume within ' +
    showSpan(spanParam(params, 'atMostMs')),
  check(record, params) {
    const atMost = spanParam(params, 'atMostMs');
    const floorOf = floors(record, params);
    const { bounds, unmeasured, affected } = outageBounds(record);
    const found = bounds.map((outage) =>
      judgeOutage(record, outage, { atMost, floor: floorOf(outage) }),
    );
    return decide({
      looked: { at: bounds.length, what: 'outages of affected partitions' },
      measured: [...measure(bounds, atMost), ...measureFloor(bounds, floorOf)],
      anomalies: found.flatMap(({ anomaly }) => anomaly ?? []),
      doubts: [
        ...(affected === 0 ? ['no partition lost its leader to a fault or a planned change'] : []),
        ...unmeasured.map(({ why }) => why),
        ...found.flatMap(({ doubt }) => doubt ?? []),
      ],
      holds: `the longest of ${bounds.length} outages took ${showLongest(bounds)}`,
    });
  },
};

/**
 * For suites: writes resume within `atMost`. `notUnder` is the time that no real failover can beat;
 * unless told, it is taken from the settings that the running system reported.
 */
export function failoverWithin(
  limit: Span | { readonly atMost: Span; readonly notUnder?: Span },
): CheckRef {
  const { atMost, notUnder } = typeof limit === 'number' ? { atMost: limit } : limit;
  return {
    claim: failoverWithinChecker.claim,
    params: { atMostMs: atMost, ...(notUnder === undefined ? {} : { notUnderMs: notUnder }) },
  };
}

/** How fast no failover can be after an impact; null where there is no such time. */
type Floors = (outage: OutageBounds) => Span | null;

function floors(record: RunRecord, params: JsonObject): Floors {
  const told = params['notUnderMs'] === undefined ? null : spanParam(params, 'notUnderMs');
  return ({ impact, of }) => {
    if (impact.kind === 'change') return null;
    return told ?? floorAfter(impact, of, record);
  };
}

interface Judged {
  readonly anomaly?: Anomaly;
  readonly doubt?: string;
}

function judgeOutage(
  record: RunRecord,
  outage: OutageBounds,
  { atMost, floor }: { readonly atMost: Span; readonly floor: Span | null },
): Judged {
  const { impact } = outage;
  const name = showPartition(outage.of);
  const after = outage.first ? `after ${impact.step}` : `while ${impact.step} lasted or healed`;
  if (outage.lower > atMost || (outage.upper === null && triedBeyond(record, outage, atMost))) {
    return {
      anomaly: {
        code: 'UNAVAILABLE_TOO_LONG',
        where: name,
        text:
          `writes were out ${showRange(outage)} ${after}, ` +
          `at most ${showSpan(atMost)} is promised (${outage.from})`,
      },
    };
  }
  if (outage.upper === null) {
    return { doubt: `${name} had not come back when the load ended, too early to tell` };
  }
  if (outage.upper > atMost) {
    return {
      doubt: `${name} was out ${showRange(outage)}: attempts were too far apart to tell`,
    };
  }
  if (outage.first && floor !== null && outage.upper < floor) {
    return {
      doubt:
        `FAILOVER_TOO_FAST ${name}: back after ${showRange(outage)}, and the loss of a leader ` +
        `cannot be noticed in under ${showSpan(floor)}: the fault was graceful or hit another node`,
    };
  }
  return {};
}

/**
 * Whether it is sure that the load still tried after the limit had passed: sent, or found no free
 * slot.
 */
function triedBeyond(record: RunRecord, outage: OutageBounds, atMost: Span): boolean {
  const end = loadEnd(record.events);
  if (end === null || !outage.first) return false;
  const limit = outage.impact.by + atMost;
  const name = showPartition(outage.of);
  return (['attempted', 'dropped'] as const).some((series) =>
    countedOf(record.samples, series).some(
      (row) => row.of === name && row.count > 0 && row.from >= limit && row.to <= end + ROW_MAX,
    ),
  );
}

/** The last row of a series may be written this long after the load ended, in ms. */
const ROW_MAX = 2_000;

function showLongest(bounds: readonly OutageBounds[]): string {
  const known = bounds.flatMap(({ lower, upper }) => (upper === null ? [] : [{ lower, upper }]));
  const [most] = known.sort((a, b) => b.upper - a.upper);
  return most === undefined ? 'no time' : showRange(most);
}

const showRange = ({ lower, upper }: Pick<OutageBounds, 'lower' | 'upper'>): string =>
  upper === null
    ? `at least ${showSpan(ms(lower))}`
    : `between ${showSpan(ms(lower))} and ${showSpan(ms(upper))}`;

const measure = (bounds: readonly OutageBounds[], atMost: Span): Measurement[] =>
  bounds.flatMap(({ of, lower, upper, first }) => {
    const what = `${first ? 'outage' : 'later outage'} of ${showPartition(of)}`;
    const bound = `at most ${showSpan(atMost)}`;
    return [
      { name: `${what}, at least`, value: rounded(lower), unit: 'ms' as const },
      ...(upper === null
        ? []
        : [{ name: `${what}, at most`, value: rounded(upper), unit: 'ms' as const, bound }]),
    ];
  });

function measureFloor(bounds: readonly OutageBounds[], floorOf: Floors): Measurement[] {
  const known = bounds.filter(({ first }) => first).flatMap((outage) => floorOf(outage) ?? []);
  if (known.length === 0) return [];
  const value = rounded(Math.max(...known));
  return [{ name: 'shortest failover that can be', value, unit: 'ms' }];
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
