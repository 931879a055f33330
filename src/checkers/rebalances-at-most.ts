import type { JsonObject } from '../core/json.ts';
import { ms, type Span } from '../core/time.ts';
import { showCount, showSpan } from '../core/units.ts';
import type { MemberEvent, RunEvent } from '../record/events.ts';
import type { CheckRef } from '../record/plan.ts';
import { baselineStart, loadEnd } from '../record/windows.ts';
import type { Anomaly, Checker } from './checker.ts';
import { decide, optionalCount, optionalSpan } from './finding.ts';

/**
 * Claim: under load the consumer group rebalances at most so often, and each time takes at most so
 * long.
 *
 * Sees: what each member's own client saw. A rebalance of a member lasts from losing its partitions
 * to the next assignment; a member that never gets one counts until the load ends
 * (REBALANCE_TOO_LONG). Rebalances of several members that overlap are one of the group's, as an
 * eager rebalance is (REBALANCES_TOO_MANY).
 *
 * Does not mind: joining before the load is judged. A member that left or crashed is not in a
 * rebalance any more.
 *
 * Cannot see: members whose client tells nothing; a group of which no member was ever assigned
 * anything is inconclusive. Two rebalances right after one another that share a member's wait count
 * as one.
 *
 * False alarms: a starved host, whose members miss their heartbeats: see the judge.
 */
export const rebalancesAtMostChecker: Checker = {
  claim: 'rebalances-at-most',
  needsFault: false,
  aboutTime: true,
  statement: (params) => {
    const { count, each } = limitsOf(params);
    return (
      `the consumer group rebalances at most ${count === 1 ? 'once' : `${showCount(count)} times`}` +
      (each === null ? '' : `, each time for at most ${showSpan(each)}`)
    );
  },
  check(record, params) {
    const { count, each } = limitsOf(params);
    const [start, end] = [baselineStart(record.events), loadEnd(record.events)];
    const told = membersOf(record.events);
    const members = told.filter((acts) => acts.some(({ act }) => act === 'assigned'));
    const mine = told
      .flatMap((acts) => rebalancesOf(acts, end ?? 0))
      .filter(({ from }) => start !== null && end !== null && from >= start && from < end);
    const groups = [...new Set(mine.map(({ group }) => group))];
    const found = groups.map((group) => ({
      group,
      spells: spellsOf(mine.filter((one) => one.group === group)),
    }));
    const spells = found.flatMap((one) => one.spells);
    const longest = Math.max(0, ...spells.map(({ from, to }) => to - from));
    return decide({
      looked: { at: members.length, what: 'members of the consumer group' },
      measured: [
        {
          name: 'rebalances',
          value: spells.length,
          unit: 'count',
          bound: `at most ${showCount(count)}`,
        },
        {
          name: 'longest rebalance',
          value: Math.round(longest),
          unit: 'ms',
          ...(each === null ? {} : { bound: `at most ${showSpan(each)}` }),
        },
      ],
      anomalies: [
        ...found.filter((one) => one.spells.length > count).map((one) => tooMany(one, count)),
        ...(each === null ? [] : mine.filter(({ from, to }) => to - from > each)).map((one) =>
          tooLong(one, each as Span),
        ),
      ],
      doubts: [
        ...(start === null || end === null ? ['the load did not begin and end'] : []),
        ...(members.length === 0 ? ['no member of a consumer group was assigned anything'] : []),
        ...mine.filter(({ open }) => open).map(({ member }) => `${member} still waited at the end`),
      ],
      holds: `${spells.length} rebalances of ${members.length} members, the longest ${showSpan(ms(longest))}`,
    });
  },
};

/** For suites: how often the consumer group may rebalance under load, and how long each time. */
export const rebalancesAtMost = ({
  count,
  each,
}: {
  readonly count: number;
  readonly each?: Span;
}): CheckRef => ({
  claim: rebalancesAtMostChecker.claim,
  params: { count, ...(each === undefined ? {} : { eachMs: each }) },
});

const limitsOf = (params: JsonObject): { count: number; each: Span | null } => ({
  count: optionalCount(params, 'count') ?? 0,
  each: optionalSpan(params, 'eachMs'),
});

type MemberAct = MemberEvent & { readonly t: number };

/** The acts of every member in order of time; members of two groups may share a name. */
function membersOf(events: readonly RunEvent[]): MemberAct[][] {
  const members = new Map<string, MemberAct[]>();
  for (const event of events) {
    if (event.kind !== 'member') continue;
    const key = `${event.group} ${event.member}`;
    const acts = members.get(key);
    if (acts === undefined) members.set(key, [event]);
    else acts.push(event);
  }
  return [...members.values()].map((acts) => acts.sort((a, b) => a.t - b.t));
}

/** One rebalance of one member. */
interface Rebalance {
  readonly group: string;
  readonly member: string;
  readonly from: number;
  readonly to: number;
  /** True when it had not ended when the load did. */
  readonly open: boolean;
}

/** What ends the wait of a member without an assignment. */
const AWAY: readonly MemberEvent['act'][] = ['left', 'crashed'];

function rebalancesOf(acts: readonly MemberAct[], end: number): Rebalance[] {
  const rebalances: Rebalance[] = [];
  let since: MemberAct | null = null;
  for (const act of acts) {
    if (act.act === 'rebalancing') since ??= act;
    else if (since !== null && (act.act === 'assigned' || AWAY.includes(act.act))) {
      const { group, member, t } = since;
      rebalances.push({ group, member, from: t, to: act.t, open: false });
      since = null;
    }
  }
  if (since !== null) {
    const { group, member, t } = since;
    rebalances.push({ group, member, from: t, to: Math.max(t, end), open: true });
  }
  return rebalances;
}

interface Spell {
  readonly from: number;
  readonly to: number;
  readonly members: number;
}

/** Rebalances of the group: those of its members, joined where they overlap. */
function spellsOf(mine: readonly Rebalance[]): Spell[] {
  const spells: Spell[] = [];
  for (const { from, to } of mine.toSorted((a, b) => a.from - b.from)) {
    const last = spells.at(-1);
    if (last === undefined || from > last.to) spells.push({ from, to, members: 1 });
    else {
      const joined = { from: last.from, to: Math.max(last.to, to), members: last.members + 1 };
      spells[spells.length - 1] = joined;
    }
  }
  return spells;
}

function tooMany(
  { group, spells }: { readonly group: string; readonly spells: readonly Spell[] },
  count: number,
): Anomaly {
  const times = spells.map(({ from }) => showSpan(ms(from))).join(', ');
  const text = `rebalanced ${spells.length} times, at most ${count} is promised (at ${times})`;
  return { code: 'REBALANCES_TOO_MANY', where: group, text };
}

function tooLong({ group, member, from, to, open }: Rebalance, each: Span): Anomaly {
  const took = `${open ? 'at least ' : ''}${showSpan(ms(to - from))}`;
  const text =
    `${member} was without an assignment for ${took} from ${showSpan(ms(from))} on, ` +
    `at most ${showSpan(each)} is promised`;
  return { code: 'REBALANCE_TOO_LONG', where: group, text };
}
