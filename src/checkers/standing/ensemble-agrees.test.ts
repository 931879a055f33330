import { describe, expect, it } from 'vitest';
import type { EnsembleEvent, RunEvent } from '../../record/events.ts';
import { judge } from '../judge.ts';
import { recordOf } from '../test/a-record.ts';
import { ensembleAgreesChecker } from './ensemble-agrees.ts';

type Told = RunEvent & EnsembleEvent;

const BROKER = { path: '/brokers/ids/1', owner: '0x1' };

const server = (number: number, changes: Partial<Told> = {}): Told => ({
  t: 62_000,
  kind: 'ensemble',
  node: `zookeeper-${number}`,
  mode: number === 2 ? 'leader' : 'follower',
  zxid: '0x100000020',
  nodeCount: 140,
  digest: 'aaaa',
  sessions: ['0x1', '0x2'],
  ephemerals: [BROKER],
  ...changes,
});

const three = (third: Partial<Told> = {}): Told[] => [server(1), server(2), server(3, third)];

const record = (told: readonly Told[], servers = 3) =>
  recordOf((draft) => {
    draft.plan = {
      ...draft.plan,
      system: { kind: 'kafka', spec: { zookeeper: { version: '3.9.5', servers } } },
    };
    draft.events.push(...told);
  });

const found = (told: readonly Told[], servers = 3) => {
  const { outcome, because, anomalies } = ensembleAgreesChecker.check(record(told, servers), {});
  return { outcome, because, codes: anomalies.map(({ code, where }) => `${code} ${where}`) };
};

describe('the servers of an ensemble', () => {
  it('agree when they hold the same at one zxid', () => {
    expect(found(three())).toEqual({
      outcome: 'pass',
      because: '3 servers hold the same 140 nodes at 0x100000020',
      codes: [],
    });
  });

  it('agree when there is one alone', () => {
    expect(found([server(1, { mode: 'standalone' })], 1).outcome).toBe('pass');
  });

  it('have diverged when data differs at the same zxid', () => {
    expect(found(three({ digest: 'bbbb' }))).toEqual({
      outcome: 'fail',
      because:
        'DIVERGED zookeeper-3: at 0x100000020 its data digests to bbbb,' +
        ' that of zookeeper-2 to aaaa',
      codes: ['DIVERGED zookeeper-3'],
    });
    expect(found(three({ nodeCount: 139 })).codes).toEqual(['DIVERGED zookeeper-3']);
  });

  it('have diverged when an ephemeral node is missing, or is there in excess', () => {
    expect(found(three({ ephemerals: [] })).because).toContain(
      'it lacks the ephemeral nodes /brokers/ids/1 of 0x1',
    );
    const ghost = { path: '/brokers/ids/9', owner: '0x2' };
    expect(found(three({ ephemerals: [BROKER, ghost] })).because).toContain(
      'it alone has the ephemeral nodes /brokers/ids/9 of 0x2',
    );
  });

  it('have a ghost when the owner of an ephemeral node does not live', () => {
    const all = three().map((told) => ({ ...told, sessions: ['0x2'] }));
    expect(found(all).codes).toEqual([
      'ORPHAN_EPHEMERAL zookeeper-1',
      'ORPHAN_EPHEMERAL zookeeper-2',
      'ORPHAN_EPHEMERAL zookeeper-3',
    ]);
  });

  it('are no ensemble when two lead, or one stands alone', () => {
    expect(found(three({ mode: 'leader' })).codes).toEqual([
      'SPLIT_CLUSTER zookeeper-2',
      'SPLIT_CLUSTER zookeeper-3',
    ]);
    const alone = three({ mode: 'standalone' }).map((told) =>
      told.mode === 'leader' ? { ...told, mode: 'follower' } : told,
    );
    expect(found(alone).codes).toEqual(['SPLIT_CLUSTER zookeeper-3']);
  });

  it('have a stale one when it never came to where the others had long been', () => {
    const first = three({ zxid: '0x10000001f' }).map((told) => ({ ...told, t: 47_000 }));
    expect(found([...first, ...three({ zxid: '0x10000001f' })])).toEqual({
      outcome: 'fail',
      because:
        'STALE_REPLICA zookeeper-3: stands at 0x10000001f;' +
        ' zookeeper-1 was at 0x100000020 15 s before',
      codes: ['STALE_REPLICA zookeeper-3'],
    });
  });

  it('cannot be compared while they still move', () => {
    const first = [1, 2, 3].map((number) => server(number, { t: 47_000, zxid: '0x10000000a' }));
    expect(found([...first, ...three({ zxid: '0x10000001f' })])).toMatchObject({
      outcome: 'inconclusive',
      because: 'the ensemble was still moving: zookeeper-3 at 0x10000001f behind others',
    });
  });

  it('cannot be told of when one was mute, was not read, or was not looked at', () => {
    const mute = { mode: null, zxid: null, nodeCount: null, digest: null, ephemerals: [] };
    expect(found(three(mute))).toMatchObject({
      outcome: 'inconclusive',
      because: 'zookeeper-3 did not answer',
    });
    expect(found(three({ digest: null }))).toMatchObject({ outcome: 'inconclusive' });
    expect(found([server(1), server(2)]).because).toBe('2 of 3 servers were looked at');
    expect(found([]).outcome).toBe('inconclusive');
  });

  it('are asked of every run with an ensemble, and of no other', () => {
    const claims = (run: ReturnType<typeof record>) =>
      judge(run, new Map()).verdicts.map(({ claim }) => claim);
    expect(claims(record(three()))).toContain('ensemble-agrees');
    expect(claims(recordOf())).not.toContain('ensemble-agrees');
  });
});
