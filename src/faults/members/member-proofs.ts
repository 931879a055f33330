import type { GroupDescription, LogAdmin } from '../../clients/kafka/port.ts';
import { ms, type Span, seconds } from '../../core/time.ts';
import { waitFor } from '../../core/wait-for.ts';
import { type SessionId, showPartition, type TopicPartition } from '../../record/names.ts';
import type { Effect, EngageInput, GroupMembers } from '../fault.ts';

/**
 * Looks at a group through its coordinator, from the vantage that no fault touches: who is in it,
 * what each has, and whether what a member has is being committed.
 */

/** Whom a proof is about. */
export interface Harmed {
  readonly input: EngageInput;
  readonly group: GroupMembers;
  readonly members: readonly SessionId[];
  /** The group before anything was done to it. */
  readonly before: GroupDescription;
}

/** Looks are this far apart; commits come twice a second unless told otherwise. */
const EVERY: Span = ms(200);
/** What is not committed for so long, while more is written, is not being handled. */
const STILL_FOR: Span = seconds(2);
const STILL_WITHIN: Span = seconds(30);
/** Beyond the longest session that a workload asks for, and the rebalance after it. */
const OUT_WITHIN: Span = seconds(90);
/** A member that was away has to be let in, and may have to wait for a rebalance. */
const BACK_WITHIN: Span = seconds(60);

/** The group as its coordinator describes it now. */
export async function describeGroup(
  { sut }: Pick<EngageInput, 'sut'>,
  name: string,
  signal: AbortSignal,
): Promise<GroupDescription> {
  await using admin = await sut.clients('check').admin(signal);
  return await admin.group(name);
}

/** Waits until the coordinator has let the members go and others have all that they had. */
export async function untilOut(harmed: Harmed, signal: AbortSignal): Promise<Effect> {
  const { members, input, group, before } = harmed;
  const from = input.clock.now();
  const all = assignedIn(before);
  await using admin = await input.sut.clients('check').admin(signal);
  const seen = await waitFor(
    { what: `${members.join(', ')} out of the group`, look: () => admin.group(group.name), show },
    {
      clock: input.clock,
      signal,
      within: OUT_WITHIN,
      every: EVERY,
      code: 'FAULT_INEFFECTIVE',
      until: (now) =>
        members.every((member) => seatOf(now, member) === undefined) &&
        (now.members.length === 0 || assignedIn(now) >= all),
    },
  );
  const after = Math.round(input.clock.now() - from);
  return { took: true, seen: `out of the group after ${after} ms: ${show(seen)}` };
}

/**
 * Waits until nothing of what the members have is committed any more, although more is written and
 * their coordinator still takes them for members.
 */
export async function untilStill(harmed: Harmed, signal: AbortSignal): Promise<Effect> {
  const { members, input, group, before } = harmed;
  const theirs = members.flatMap((member) => seatOf(before, member)?.assigned ?? []);
  if (theirs.length === 0) return { took: false, seen: `they had no partitions: ${show(before)}` };
  await using admin = await input.sut.clients('check').admin(signal);
  const trailed = { group: group.name, partitions: theirs };
  let since: Trail | undefined;
  const seen = await waitFor(
    {
      what: `${theirs.map(showPartition).join(', ')} not handled`,
      look: async () => ({
        now: await admin.group(group.name),
        trail: await trailOf(admin, trailed),
      }),
      show: ({ now, trail }) => `${show(now)}; committed ${trail.committed} of ${trail.ends}`,
    },
    {
      clock: input.clock,
      signal,
      within: STILL_WITHIN,
      every: EVERY,
      steadyFor: STILL_FOR,
      code: 'FAULT_INEFFECTIVE',
      until: ({ now, trail }) => {
        if (since?.committed !== trail.committed) since = trail;
        const areIn = members.every((member) => seatOf(now, member) !== undefined);
        return areIn && trail.ends > since.ends;
      },
    },
  );
  const written = seen.trail.ends - (since?.ends ?? 0n);
  return {
    took: true,
    seen: `nothing committed of ${theirs.map(showPartition).join(', ')} while ${written} were written`,
  };
}

/** Waits until the members are in the group again and handle what they have. */
export async function untilBack(harmed: Harmed, signal: AbortSignal): Promise<Effect> {
  const { members, input, group } = harmed;
  const looks = (inner: AbortSignal) =>
    Promise.all(members.map((member) => group.look(member, inner)));
  const before = await looks(signal);
  await using admin = await input.sut.clients('check').admin(signal);
  const seen = await waitFor(
    {
      what: `${members.join(', ')} back in the group`,
      look: async (inner) => ({ now: await admin.group(group.name), looks: await looks(inner) }),
      show: ({ now, looks: all }) =>
        `${show(now)}; ${all.map(({ state, consumed }) => `${state}, ${consumed} consumed`).join('; ')}`,
    },
    {
      clock: input.clock,
      signal,
      within: BACK_WITHIN,
      every: EVERY,
      code: 'FAULT_INEFFECTIVE',
      until: ({ now, looks: all }) =>
        now.state === 'Stable' &&
        members.every((member, at) => {
          const seat = seatOf(now, member);
          const [then, look] = [before[at], all[at]];
          if (seat === undefined || look?.state !== 'working') return false;
          // Where there are more members than partitions, one may have nothing to do.
          if (seat.assigned.length === 0) return now.members.length > assignedIn(harmed.before);
          return look.consumed > (then?.consumed ?? 0);
        }),
    },
  );
  return { took: true, seen: `back and at work: ${show(seen.now)}` };
}

/** How far partitions are committed and written. */
interface Trail {
  readonly committed: string;
  readonly ends: bigint;
}

async function trailOf(
  admin: LogAdmin,
  { group, partitions }: { readonly group: string; readonly partitions: readonly TopicPartition[] },
): Promise<Trail> {
  const committed: string[] = [];
  let ends = 0n;
  for (const topic of new Set(partitions.map((of) => of.topic))) {
    const at = await admin.committed(group, topic);
    const end = await admin.offsets(topic, 'high-watermark');
    for (const { partition } of partitions.filter((of) => of.topic === topic)) {
      committed.push(String(at.get(partition) ?? '-'));
      ends += end.get(partition) ?? 0n;
    }
  }
  return { committed: committed.join(' '), ends };
}

/** By its client id, which ends in the name of the member. */
const seatOf = (
  { members }: GroupDescription,
  member: SessionId,
): GroupDescription['members'][number] | undefined =>
  members.find(({ clientId }) => clientId === member || clientId.endsWith(`-${member}`));

const assignedIn = ({ members }: GroupDescription): number =>
  members.reduce((sum, { assigned }) => sum + assigned.length, 0);

const show = ({ state, members }: GroupDescription): string =>
  `${state}, ${members.map(({ clientId, assigned }) => `${clientId.split('-').at(-1)} with ${assigned.length}`).join(', ') || 'nobody'}`;
