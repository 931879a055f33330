import type { Clock } from '../core/clock.ts';
import { HighwaterError } from '../core/errors.ts';
import { ms, seconds } from '../core/time.ts';
import { waitFor } from '../core/wait-for.ts';
import type { Node, RoleSpec } from '../environments/node.ts';
import { showPartition } from '../record/names.ts';
import type { TargetRule } from '../record/plan.ts';
import type { Sut } from '../systems/system.ts';

/** Every problem that a target rule has with the roles and topics of a plan. Pure. */
export function targetProblems(
  rule: TargetRule,
  roles: readonly RoleSpec[],
  topics: readonly { readonly name: string; readonly partitions: number }[],
): string[] {
  if ('leaderOf' in rule) {
    const { topic, partition } = rule.leaderOf;
    const found = topics.find(({ name }) => name === topic);
    if (found === undefined) {
      return [
        `target leaderOf ${showPartition(rule.leaderOf)}: no topic "${topic}" (topics: ${topics.map(({ name }) => name).join(', ') || 'none'})`,
      ];
    }
    const fits = Number.isInteger(partition) && partition >= 0 && partition < found.partitions;
    return fits
      ? []
      : [
          `target leaderOf ${showPartition(rule.leaderOf)}: "${topic}" has partitions 0 to ${found.partitions - 1}`,
        ];
  }
  if ('role' in rule) {
    const role = roles.find((known) => known.role === rule.role);
    if (role === undefined) {
      return [
        `target role "${rule.role}": no such role (roles: ${roles.map((known) => known.role).join(', ')})`,
      ];
    }
    const count = rule.count ?? 1;
    return count >= 1 && count <= role.count
      ? []
      : [`target role "${rule.role}": ${count} of ${role.count} nodes cannot be hit`];
  }
  const known = roles.flatMap((role) =>
    Array.from({ length: role.count }, (_, index) => `${role.role}-${index + 1}`),
  );
  if (rule.nodes.length === 0) return ['target nodes: the list is empty'];
  return rule.nodes
    .filter((id) => !known.includes(id))
    .map((id) => `target node "${id}": no such node (nodes: ${known.join(', ')})`);
}

/** Whom the rule means right now; leaders move, so this is asked when the fault is due. */
export async function resolveTargets(
  rule: TargetRule,
  {
    sut,
    clock,
    signal,
  }: { readonly sut: Sut; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly Node[]> {
  if ('role' in rule)
    return sut.nodes.filter((node) => node.role === rule.role).slice(0, rule.count ?? 1);
  if ('nodes' in rule) return rule.nodes.map((id) => nodeNamed(sut, id));
  const leader = await waitFor(
    {
      what: `leader of ${showPartition(rule.leaderOf)}`,
      look: (inner) => sut.leaderOf(rule.leaderOf, inner),
      show: (id) => id ?? 'nobody',
    },
    {
      clock,
      signal,
      within: seconds(10),
      every: ms(100),
      until: (id) => id !== null,
      code: 'FAULT_FAILED',
    },
  );
  return [nodeNamed(sut, leader as string)];
}

function nodeNamed(sut: Sut, id: string): Node {
  const node = sut.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new HighwaterError('FAULT_FAILED', `no node "${id}" in this run`);
  return node;
}
