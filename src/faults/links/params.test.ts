import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { mebibytes } from '../../core/units.ts';
import type { RoleSpec } from '../../environments/node.ts';
import type { FaultKind } from '../fault.ts';
import { blackhole } from './blackhole.ts';
import { bridge } from './bridge.ts';
import { cut } from './cut.ts';
import { isolate } from './isolate.ts';
import { resetLinks } from './reset-links.ts';
import { slow } from './slow.ts';
import { split } from './split.ts';

const ROLE = { count: 1, countMax: 1, ports: [], volumes: [], memory: mebibytes(1) };

describe('parameters of link faults', () => {
  it.each<[FaultKind, JsonObject, RegExp]>([
    [cut, { far: 'peers' }, /unknown parameter "far"/],
    [cut, { both: 'yes' }, /both must be true or false/],
    [isolate, { far: 'all' }, /far must be one of peers, clients, everybody/],
    [split, { groups: [['broker-1']] }, /two or more lists/],
    [split, { groups: [['broker-1'], ['broker-1']] }, /broker-1 is in two groups/],
    [bridge, { groups: 'a' }, /fault bridge: groups must be/],
    [slow, {}, /neither a delay nor a bandwidth/],
    [slow, { delayMs: 10, jitterMs: 20 }, /jitter cannot be more/],
    [slow, { bytesPerSecond: 0 }, /bytesPerSecond must be a number/],
    [resetLinks, { count: 1 }, /unknown parameter "count"/],
    [blackhole, { far: 1 }, /far must be/],
  ])('$name: wrong ones are told', (kind, params, expected) => {
    expect(kind.problems(params).join('\n')).toMatch(expected);
  });

  it.each([bridge, split])('$name: a group with a node that the plan does not have', (kind) => {
    const groups = [['broker-1'], ['controller-1']];
    const step = { target: { nodes: ['broker-1'] }, other: null, params: { groups } };
    const brokers = { ...ROLE, role: 'broker' };
    const misfits = (roles: readonly RoleSpec[]) => kind.misfits?.(step, { roles, topics: [] });
    expect(misfits([brokers])).toEqual([
      `fault ${kind.name}: group member "controller-1": no such node (nodes: broker-1)`,
    ]);
    expect(misfits([brokers, { ...ROLE, role: 'controller' }])).toEqual([]);
  });

  it('say which links are needed', () => {
    const of = (kind: FaultKind, params: JsonObject) =>
      kind.links?.({ target: { nodes: [] }, other: null, params });
    expect(of(isolate, { far: 'everybody' })).toEqual(['peer', 'load']);
    expect(of(slow, { far: 'clients' })).toEqual(['load']);
    expect(of(cut, {})).toEqual(['peer']);
  });
});
