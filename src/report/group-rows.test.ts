import { describe, expect, it } from 'vitest';
import type { MemberEvent, RunEvent } from '../record/events.ts';
import { ensembleRows, memberRows } from './group-rows.ts';
import { timelineOf } from './timeline.ts';

const member = (t: number, name: string, act: MemberEvent['act'], seen = ''): RunEvent => ({
  t,
  kind: 'member',
  group: 'g',
  member: name,
  act,
  assigned: [],
  seen,
});

describe('memberRows', () => {
  it('makes one line of a rebalance of all, at its beginning and with its time', () => {
    const events = [
      member(1_000, 'c0', 'rebalancing'),
      member(1_200, 'c1', 'rebalancing'),
      member(3_000, 'c0', 'assigned'),
      member(3_500, 'c1', 'assigned'),
      member(9_000, 'c1', 'rebalancing'),
    ];
    expect(memberRows(events)).toEqual([
      { t: 1_000, kind: 'group', text: 'rebalance of c0, c1 (2.5 s)' },
      { t: 9_000, kind: 'group', text: 'rebalance of c1 that never ended' },
    ]);
    expect(timelineOf(events).map(({ kind }) => kind)).toEqual(['group', 'group']);
  });

  it('does not wait for a member that is gone, and says what became of it', () => {
    const events = [
      member(1_000, 'c0', 'rebalancing'),
      member(2_000, 'c0', 'crashed', 'its thread is gone'),
      member(3_000, 'c0', 'resumed'),
    ];
    expect(memberRows(events).map(({ t, text }) => `${t} ${text}`)).toEqual([
      '2000 c0 crashed: its thread is gone',
      '1000 rebalance of c0 (1 s)',
      '3000 c0 resumed',
    ]);
  });
});

describe('ensembleRows', () => {
  it('makes one line of a look at all servers', () => {
    const server = (t: number, node: string, mode: string | null): RunEvent => ({
      t,
      kind: 'ensemble',
      node,
      mode,
      zxid: mode === null ? null : '0x1f',
      nodeCount: 5,
      digest: null,
      sessions: [],
      ephemerals: [],
    });
    const looks = [
      server(1, 'zk-1', 'leader'),
      server(2, 'zk-2', null),
      server(5_000, 'zk-2', 'x'),
    ];
    expect(ensembleRows(looks).map(({ text }) => text)).toEqual([
      'zk-1 leader at 0x1f · zk-2 did not answer',
      'zk-2 x at 0x1f',
    ]);
  });
});
