import type { RoleSpec } from '../environments/node.ts';
import { showPartition, type TopicPartition } from '../record/names.ts';
import type { TargetRule } from '../record/targets.ts';
import { sizeOf } from './targets.ts';

type Topics = readonly { readonly name: string; readonly partitions: number }[];

/** Every problem that a target rule has with the roles and topics of a plan. Pure. */
export function targetProblems(
  rule: TargetRule,
  roles: readonly RoleSpec[],
  topics: Topics,
): string[] {
  if ('members' in rule) {
    return rule.members.length === 0 ? ['target members: the list is empty'] : [];
  }
  if ('role' in rule) return roleProblems(rule, roles);
  if ('nodes' in rule) return nodesProblems(rule.nodes, roles);
  if ('lastInSyncOf' in rule) return partitionProblems('lastInSyncOf', rule.lastInSyncOf, topics);
  const [how, held] =
    'leaderOf' in rule
      ? (['leaderOf', rule.leaderOf] as const)
      : (['followerOf', rule.followerOf] as const);
  if (typeof held === 'object' && 'topic' in held) return partitionProblems(how, held, topics);
  if (held !== 'zookeeper' || roles.some(({ role }) => role === 'zookeeper')) return [];
  return [`target ${how} zookeeper: no such role (${namesOf(roles)})`];
}

function partitionProblems(how: string, of: TopicPartition, topics: Topics): string[] {
  const where = `target ${how} ${showPartition(of)}`;
  const found = topics.find(({ name }) => name === of.topic);
  if (found === undefined) {
    const known = topics.map(({ name }) => name).join(', ') || 'none';
    return [`${where}: no topic "${of.topic}" (topics: ${known})`];
  }
  const fits =
    Number.isInteger(of.partition) && of.partition >= 0 && of.partition < found.partitions;
  return fits ? [] : [`${where}: "${of.topic}" has partitions 0 to ${found.partitions - 1}`];
}

function roleProblems(
  rule: Extract<TargetRule, { role: string }>,
  roles: readonly RoleSpec[],
): string[] {
  const role = roles.find((known) => known.role === rule.role);
  if (role === undefined) return [`target role "${rule.role}": no such role (${namesOf(roles)})`];
  const { count = 1 } = rule;
  if (typeof count === 'string') {
    if (sizeOf(count, role.count) > 0) return [];
    return [`target role "${rule.role}": a ${count} of ${role.count} nodes is nobody`];
  }
  return count >= 1 && count <= role.count
    ? []
    : [`target role "${rule.role}": ${count} of ${role.count} nodes cannot be hit`];
}

/** Names among these that no node has. */
export function strangersAmong(
  nodes: readonly string[],
  roles: readonly RoleSpec[],
): readonly string[] {
  const known = roles.flatMap((role) =>
    Array.from({ length: role.count }, (_, index) => `${role.role}-${index + 1}`),
  );
  return nodes
    .filter((id) => !known.includes(id))
    .map((id) => `"${id}": no such node (nodes: ${known.join(', ')})`);
}

const nodesProblems = (nodes: readonly string[], roles: readonly RoleSpec[]): string[] =>
  nodes.length === 0
    ? ['target nodes: the list is empty']
    : strangersAmong(nodes, roles).map((problem) => `target node ${problem}`);

const namesOf = (roles: readonly RoleSpec[]): string =>
  `roles: ${roles.map((known) => known.role).join(', ')}`;
