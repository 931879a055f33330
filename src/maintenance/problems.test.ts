import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../core/json.ts';
import { mebibytes } from '../core/units.ts';
import type { RoleSpec } from '../environments/node.ts';
import { addBrokers } from './add-brokers.ts';
import { alterConfig } from './alter-config.ts';
import type { ChangeGround, ChangeKind } from './change.ts';
import { electPreferred } from './elect-preferred.ts';
import { reassign } from './reassign.ts';
import { removeBrokers } from './remove-brokers.ts';
import { rollingRestart } from './rolling-restart.ts';
import { rollingUpgrade } from './rolling-upgrade.ts';
import { createTopic, deleteTopic } from './topics.ts';

const role = (name: string, count: number, countMax: number): RoleSpec => ({
  role: name,
  count,
  countMax,
  ports: [],
  volumes: [],
  memory: mebibytes(1),
});

const ground = (spec: JsonObject = {}): ChangeGround => ({
  roles: [role('controller', 1, 1), role('broker', 3, 4)],
  topics: [{ name: 'orders', partitions: 2, replication: 2, minInSync: 1, config: {} }],
  system: { kind: 'kafka', spec: { version: '3.9.1', mode: 'kraft', ...spec } },
});

const problems = (kind: ChangeKind, params: JsonObject, on = ground()): readonly string[] =>
  kind.problems(params, on);

describe('parameters of planned changes', () => {
  it.each([
    [rollingRestart, {}],
    [rollingRestart, { role: 'broker', nodes: ['broker-4'] }],
    [rollingUpgrade, { to: '4.3.1' }],
    [rollingUpgrade, { to: '4.3.1', features: 'keep' }],
    [rollingUpgrade, { to: '4.3.1', features: { 'metadata.version': 25 } }],
    [addBrokers, { count: 1 }],
    [removeBrokers, { count: 1 }],
    [removeBrokers, { nodes: ['broker-2'] }],
    [reassign, { topic: 'orders' }],
    [reassign, { topic: 'orders', without: ['broker-3'] }],
    [
      reassign,
      {
        topic: 'orders',
        replicas: [
          ['broker-1', 'broker-2'],
          ['broker-2', 'broker-3'],
        ],
      },
    ],
    [alterConfig, { topic: 'orders', set: { 'retention.ms': '1000' } }],
    [alterConfig, { nodes: ['broker-1'], set: { 'num.io.threads': null } }],
    [createTopic, { topic: 'returns', partitions: 1, replication: 3, minInSync: 2 }],
    [deleteTopic, { topic: 'returns' }],
    [electPreferred, { topics: ['orders'] }],
  ] as const)('are right: %o %o', (kind, params) => {
    expect(problems(kind, params as unknown as JsonObject)).toEqual([]);
  });

  it('are told all at once when they are wrong', () => {
    expect(
      problems(rollingRestart, { role: 'brokers', nodes: ['broker-5'], order: 'any' }),
    ).toEqual([
      'unknown parameter "order" (known: role, nodes)',
      'there is no role "brokers" (there are: controller, broker)',
      'there is no node "broker-5"',
    ]);
  });

  it('never take a cluster back to an earlier version, nor one on ZooKeeper anywhere', () => {
    expect(problems(rollingUpgrade, { to: '3.9.1' })[0]).toContain('not later than 3.9.1');
    const onZookeeper = ground({ mode: 'zookeeper' });
    expect(problems(rollingUpgrade, { to: '4.3.1' }, onZookeeper)[0]).toContain('ZooKeeper');
    expect(problems(rollingUpgrade, { to: 'latest' })).toHaveLength(1);
    expect(problems(rollingUpgrade, { to: '4.3.1', features: ['all'] })).toHaveLength(1);
  });

  it('grow only into what was reserved, and never shrink a quorum', () => {
    expect(problems(addBrokers, { count: 2 })).toEqual([
      'count: 2 more brokers, but 1 are reserved; raise brokersMax',
    ]);
    expect(problems(removeBrokers, {})).toHaveLength(1);
    expect(problems(removeBrokers, { nodes: ['controller-1'] })).toEqual([
      'there is no broker "controller-1"',
    ]);
    expect(problems(removeBrokers, { count: 1 }, ground({ combined: true }))).toHaveLength(1);
  });

  it('place every partition of a topic that is there, on different nodes', () => {
    expect(problems(reassign, { topic: 'others' })).toEqual(['there is no topic "others"']);
    expect(problems(reassign, { topic: 'orders', replicas: [['broker-1', 'broker-1']] })).toEqual([
      'replicas: 2 partitions need as many lists, got 1',
      'replicas: partition 0 names a node twice',
    ]);
  });

  it('leave the topics under load alone', () => {
    expect(problems(deleteTopic, { topic: 'orders' })[0]).toContain('is under load');
    expect(problems(createTopic, { topic: 'orders', partitions: 1, replication: 1 })).toEqual([
      'topic "orders" is there from the start',
    ]);
    expect(problems(createTopic, { topic: 'returns', partitions: 1, replication: 5 })).toEqual([
      'replication 5 needs as many brokers, there are 4',
    ]);
  });

  it('say of one thing only what its settings are to be', () => {
    const set = { 'retention.ms': '1' };
    expect(problems(alterConfig, { topic: 'orders', role: 'broker', set })).toHaveLength(1);
    expect(problems(alterConfig, { set })).toHaveLength(1);
    expect(problems(alterConfig, { topic: 'orders', set: { 'retention.ms': 1 } })).toHaveLength(1);
  });

  it('tell the software that a change brings along', () => {
    expect(rollingUpgrade.software?.({ to: '4.3.1' })).toEqual([
      { name: 'kafka', version: '4.3.1' },
    ]);
  });
});
