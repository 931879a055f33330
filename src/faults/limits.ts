import type { JsonObject } from '../core/json.ts';
import type { RoleSpec } from '../environments/node.ts';
import type { Role, TopicPartition } from '../record/names.ts';
import type { Office, TargetRule } from '../record/targets.ts';
import { sizeOf } from './targets.ts';

/**
 * How much harm may be done. Two kinds of limit, see docs/decisions/0013-harm-limits.md:
 *
 * - What could never be healed is refused wherever it is planned: the data of a voter, and the last
 *   copy of a partition unless the step says that it means just that.
 * - What can be healed is a matter of taste, so steps that a person wrote are carried out as they
 *   are; random harm keeps to `downAtOnce`.
 *
 * All of it is pure. What only the running system knows, such as who is in sync, is looked at once
 * more when the harm is done (down.ts).
 */
export interface HarmLimits {
  /**
   * Nodes of a role that random harm may hold at the same time. Unless told: less than half of
   * those that vote, and one of the others.
   */
  readonly downAtOnce?: Readonly<Record<Role, number>>;
}

/** How many nodes of a role random harm may hold at the same time. */
export function downAtOnce(role: RoleSpec, limits: HarmLimits): number {
  const told = limits.downAtOnce?.[role.role];
  if (told !== undefined) return told;
  // A majority of voters must stay: without it nothing at all is decided (KIP-595, ZooKeeper).
  return role.votes === true ? sizeOf('minority', role.count) : Math.min(1, role.count);
}

/** Every problem of the limits themselves. */
export const limitProblems = (limits: HarmLimits, roles: readonly RoleSpec[]): string[] =>
  Object.entries(limits.downAtOnce ?? {}).flatMap(([name, count]) => {
    const role = roles.find((known) => known.role === name);
    if (role === undefined) {
      const known = roles.map((each) => each.role).join(', ');
      return [`limits.downAtOnce.${name}: no such role (roles: ${known})`];
    }
    return Number.isInteger(count) && count >= 0 && count <= role.count
      ? []
      : [`limits.downAtOnce.${name}: expected 0 to ${role.count}, got ${count}`];
  });

/** How many nodes of a role a rule may come to mean; nobody knows which before it is due. */
export interface Footprint {
  readonly role: Role;
  readonly count: number;
  /** Null: whoever it is at that moment. */
  readonly nodes: readonly string[] | null;
}

/** What a rule may hit, by role; members of a group are no nodes. */
export function footprintOf(rule: TargetRule, roles: readonly RoleSpec[]): Footprint[] {
  if ('members' in rule) return [];
  if ('nodes' in rule) {
    return roles.flatMap((role) => {
      const nodes = rule.nodes.filter((id) => nodesOf(role).includes(id));
      return nodes.length === 0 ? [] : [{ role: role.role, count: nodes.length, nodes }];
    });
  }
  if ('role' in rule) {
    const role = roles.find((known) => known.role === rule.role);
    if (role === undefined) return [];
    const { count = 1 } = rule;
    const size = typeof count === 'number' ? count : sizeOf(count, role.count);
    const nodes = typeof count === 'number' ? nodesOf(role).slice(0, count) : null;
    return [{ role: role.role, count: size, nodes }];
  }
  if ('lastInSyncOf' in rule) return [{ role: BROKER, count: 1, nodes: null }];
  const held = 'leaderOf' in rule ? rule.leaderOf : rule.followerOf;
  return [{ role: roleOfOffice(held, roles), count: 1, nodes: null }];
}

/** Roles that a rule may hit. */
export const rolesOf = (rule: TargetRule, roles: readonly RoleSpec[]): RoleSpec[] => {
  const hit = footprintOf(rule, roles).map(({ role }) => role);
  return roles.filter(({ role }) => hit.includes(role));
};

/** Ids of the nodes of a role that run from the start. */
export const nodesOf = (role: RoleSpec): string[] =>
  Array.from({ length: role.count }, (_, index) => `${role.role}-${index + 1}`);

/** Every reason why a replica of that partition must not be wiped there. */
export function wipeProblems(
  of: TopicPartition,
  target: TargetRule,
  ground: {
    readonly roles: readonly RoleSpec[];
    readonly topics: readonly { readonly name: string; readonly replication: number }[];
    /** The step says that it means the last copy, too. */
    readonly lastCopy: boolean;
  },
): string[] {
  const { roles, topics, lastCopy } = ground;
  const hit = rolesOf(target, roles);
  const count = footprintOf(target, roles).reduce((sum, each) => sum + each.count, 0);
  const topic = topics.find(({ name }) => name === of.topic);
  return [
    ...(of.topic.startsWith('__cluster_metadata')
      ? ['wipe: the metadata of the cluster is never wiped']
      : []),
    // A voter that forgot its vote can elect a second leader (KIP-853, ZooKeeper's myid).
    ...hit
      .filter(({ votes }) => votes === true)
      .map(({ role }) => `wipe: nodes of role "${role}" vote, their data is never wiped`),
    ...(count > 1 ? [`wipe: one replica at a time, the target means ${count} nodes`] : []),
    ...(topic !== undefined && topic.replication === 1 && !lastCopy
      ? [`wipe: "${of.topic}" has one copy; lastCopy: true says that it may be lost`]
      : []),
  ];
}

/** Whether harm takes data away. */
export const isWiping = (params: JsonObject): boolean => (params['wipe'] ?? null) !== null;

const BROKER = 'broker';

function roleOfOffice(held: TopicPartition | Office, roles: readonly RoleSpec[]): Role {
  if (held === 'zookeeper') return 'zookeeper';
  const ownControllers = roles.some(({ role }) => role === 'controller');
  return held === 'controller' && ownControllers ? 'controller' : BROKER;
}
