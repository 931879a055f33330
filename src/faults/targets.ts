import type { Clock } from '../core/clock.ts';
import { HighwaterError } from '../core/errors.ts';
import type { Rng } from '../core/rng.ts';
import { ms, type Span } from '../core/time.ts';
import { waitFor } from '../core/wait-for.ts';
import type { Node } from '../environments/node.ts';
import {
  type NodeId,
  type SessionId,
  showPartition,
  type TopicPartition,
} from '../record/names.ts';
import type { Office, Share, TargetRule } from '../record/targets.ts';
import type { Subject, Sut } from '../systems/system.ts';
import type { GroupMembers } from './fault.ts';

/** What a rule is resolved with. */
export interface ResolveInput {
  readonly sut: Sut;
  /** Name of the workload's consumer group, and its members; null when it has none. */
  readonly groupName: string | null;
  readonly group: GroupMembers | null;
  readonly clock: Clock;
  readonly rng: Rng;
  /** How long a target may keep one waiting: a leader to be elected, an in-sync set to shrink. */
  readonly within: Span;
  readonly signal: AbortSignal;
}

/** Whom a rule came to mean. */
export interface Resolved {
  readonly nodes: readonly Node[];
  readonly members: readonly SessionId[];
}

/** Whom the rule means right now; leaders move, so this is asked when the step is due. */
export async function resolveTargets(rule: TargetRule, input: ResolveInput): Promise<Resolved> {
  if ('members' in rule) return { nodes: [], members: membersOf(rule.members, input) };
  const ids = await nodesOf(rule, input);
  return { nodes: ids.map((id) => nodeNamed(input.sut, id)), members: [] };
}

async function nodesOf(
  rule: Exclude<TargetRule, { members: unknown }>,
  input: ResolveInput,
): Promise<readonly NodeId[]> {
  if ('nodes' in rule) return rule.nodes;
  if ('role' in rule) {
    const all = input.sut.nodes.filter(({ role }) => role === rule.role).map(({ id }) => id);
    const { count = 1 } = rule;
    return typeof count === 'number' ? all.slice(0, count) : drawn(all, count, input.rng);
  }
  if ('lastInSyncOf' in rule) return [await lastInSync(rule.lastInSyncOf, input)];
  if ('leaderOf' in rule) return [await holderOf(rule.leaderOf, input)];
  const { followerOf, but } = rule;
  const holder = await holderOf(followerOf, input);
  const all = isPartition(followerOf)
    ? await inSyncOf(followerOf, input)
    : input.sut.candidates(subjectOf(followerOf, input));
  const spared = but === undefined ? null : await holderOf(but, input);
  const others = all.filter((id) => id !== holder && id !== spared);
  if (others.length > 0) return [input.rng.pick(others)];
  throw new HighwaterError('FAULT_FAILED', `${showHeld(followerOf)} has no follower to hit`, {
    facts: { holder, spared, all: [...all] },
  });
}

function membersOf(
  members: readonly SessionId[] | Share,
  { group, rng }: ResolveInput,
): readonly SessionId[] {
  if (group === null) {
    throw new HighwaterError('FAULT_FAILED', 'the workload has no consumer group to hit');
  }
  if (typeof members === 'string') return drawn(group.ids, members, rng);
  const stranger = members.find((id) => !group.ids.includes(id));
  if (stranger === undefined) return members;
  throw new HighwaterError('FAULT_FAILED', `no member "${stranger}" in the group`, {
    hint: `members: ${group.ids.join(', ')}`,
  });
}

/** How many a share of so many is: a minority is the most that leaves a majority. */
export function sizeOf(share: Share, of: number): number {
  if (share === 'one') return Math.min(1, of);
  if (share === 'all') return of;
  return share === 'majority' ? Math.floor(of / 2) + 1 : Math.floor((of - 1) / 2);
}

function drawn<T>(all: readonly T[], share: Share, rng: Rng): readonly T[] {
  const left = [...all];
  const size = sizeOf(share, all.length);
  if (size === 0) {
    throw new HighwaterError('FAULT_FAILED', `a ${share} of ${all.length} is nobody`);
  }
  return Array.from({ length: size }, () => left.splice(rng.below(left.length), 1)[0] as T);
}

const isPartition = (held: TopicPartition | Office): held is TopicPartition =>
  typeof held === 'object' && 'topic' in held;

function subjectOf(held: TopicPartition | Office, { groupName }: ResolveInput): Subject {
  if (isPartition(held)) return { leader: held };
  if (typeof held === 'object') return { transactionalId: held.transactionalId };
  if (held === 'controller') return { controller: true };
  if (held === 'zookeeper') return { zookeeper: 'leader' };
  if (groupName !== null) return { group: groupName };
  throw new HighwaterError('FAULT_FAILED', 'the workload has no consumer group');
}

const showHeld = (held: TopicPartition | Office): string => {
  if (isPartition(held)) return showPartition(held);
  if (typeof held === 'object') return `coordinator of ${held.transactionalId}`;
  return held === 'group' ? "coordinator of the workload's group" : held;
};

async function holderOf(held: TopicPartition | Office, input: ResolveInput): Promise<NodeId> {
  const subject = subjectOf(held, input);
  const holder = await waitFor(
    {
      what: `${isPartition(held) ? 'leader of ' : ''}${showHeld(held)}`,
      look: (inner) => input.sut.holder(subject, inner),
      show: (id) => id ?? 'nobody',
    },
    {
      clock: input.clock,
      signal: input.signal,
      within: input.within,
      every: ms(100),
      until: (id) => id !== null,
      code: 'FAULT_FAILED',
    },
  );
  return holder as NodeId;
}

async function inSyncOf(
  of: TopicPartition,
  { sut, signal }: Pick<ResolveInput, 'sut' | 'signal'>,
): Promise<readonly NodeId[]> {
  const all = await sut.leadership([of.topic], signal);
  return all.find(({ partition }) => partition === of.partition)?.isr ?? [];
}

async function lastInSync(of: TopicPartition, input: ResolveInput): Promise<NodeId> {
  const { sut } = input;
  const isr = await waitFor(
    {
      what: `one replica left in the in-sync set of ${showPartition(of)}`,
      look: (signal) => inSyncOf(of, { sut, signal }),
      show: (ids) => ids.join(', ') || 'nobody',
    },
    {
      clock: input.clock,
      signal: input.signal,
      within: input.within,
      every: ms(100),
      until: (ids) => ids.length === 1,
      code: 'FAULT_FAILED',
    },
  );
  return isr[0] as NodeId;
}

function nodeNamed(sut: Sut, id: string): Node {
  const node = sut.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new HighwaterError('FAULT_FAILED', `no node "${id}" in this run`);
  return node;
}
