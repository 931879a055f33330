import { describe, expect, it } from 'vitest';
import { mebibytes } from '../core/units.ts';
import type { RoleSpec } from '../environments/node.ts';
import { downAtOnce, footprintOf, limitProblems, wipeProblems } from './limits.ts';

const aRole = (role: string, count: number, votes = false): RoleSpec => ({
  role,
  count,
  countMax: count,
  ports: [],
  volumes: ['data'],
  memory: mebibytes(1),
  votes,
});
const BROKERS = aRole('broker', 3);
const ROLES = [aRole('controller', 3, true), BROKERS];

describe('how many nodes random harm may hold', () => {
  it('is one of those that do not vote, and less than half of those that do', () => {
    expect(downAtOnce(aRole('broker', 5), {})).toBe(1);
    const voters = [1, 2, 3, 5].map((count) => downAtOnce(aRole('zookeeper', count, true), {}));
    expect(voters).toEqual([0, 0, 1, 2]);
  });

  it('is what the scenario says where it says something', () => {
    const limits = { downAtOnce: { controller: 2 } };
    expect(ROLES.map((role) => downAtOnce(role, limits))).toEqual([2, 1]);
  });

  it('must be of roles that there are, and no more than they have', () => {
    const limits = { downAtOnce: { broker: 4, worker: 1, controller: 3 } };
    expect(limitProblems(limits, ROLES)).toEqual([
      'limits.downAtOnce.broker: expected 0 to 3, got 4',
      'limits.downAtOnce.worker: no such role (roles: controller, broker)',
    ]);
  });
});

describe('what a target rule may come to hit', () => {
  it('is one node of the role that holds an office', () => {
    const roles = (all: readonly RoleSpec[]) =>
      footprintOf({ leaderOf: 'controller' }, all).map(({ role, count }) => [role, count]);
    expect(roles(ROLES)).toEqual([['controller', 1]]);
    expect(roles([BROKERS])).toEqual([['broker', 1]]);
    expect(footprintOf({ followerOf: 'group' }, ROLES)).toEqual([
      { role: 'broker', count: 1, nodes: null },
    ]);
  });

  it('is nodes by name where they are known, counted by role', () => {
    expect(footprintOf({ nodes: ['broker-3', 'controller-1', 'broker-1'] }, ROLES)).toEqual([
      { role: 'controller', count: 1, nodes: ['controller-1'] },
      { role: 'broker', count: 2, nodes: ['broker-3', 'broker-1'] },
    ]);
    expect(footprintOf({ role: 'broker', count: 'majority' }, ROLES)).toEqual([
      { role: 'broker', count: 2, nodes: null },
    ]);
    expect(footprintOf({ members: 'all' }, ROLES)).toEqual([]);
  });
});

describe('data is not wiped', () => {
  const topics = [
    { name: 'orders', replication: 3 },
    { name: 'solo', replication: 1 },
  ];
  const ground = { roles: ROLES, topics, lastCopy: false };
  const orders = { topic: 'orders', partition: 0 };

  it('of a voter, nor of the metadata', () => {
    const controller = { nodes: ['controller-1'] };
    expect(wipeProblems(orders, controller, ground)).toEqual([
      'wipe: nodes of role "controller" vote, their data is never wiped',
    ]);
    const metadata = { topic: '__cluster_metadata', partition: 0 };
    expect(wipeProblems(metadata, { leaderOf: orders }, ground)).toEqual([
      'wipe: the metadata of the cluster is never wiped',
    ]);
  });

  it('of more than one replica at a time', () => {
    expect(wipeProblems(orders, { role: 'broker', count: 2 }, ground)).toEqual([
      'wipe: one replica at a time, the target means 2 nodes',
    ]);
    expect(wipeProblems(orders, { followerOf: orders }, ground)).toEqual([]);
  });

  it('when there is one copy, unless the step says that it means just that', () => {
    const solo = { topic: 'solo', partition: 0 };
    expect(wipeProblems(solo, { leaderOf: solo }, ground)).toEqual([
      'wipe: "solo" has one copy; lastCopy: true says that it may be lost',
    ]);
    expect(wipeProblems(solo, { leaderOf: solo }, { ...ground, lastCopy: true })).toEqual([]);
  });
});
