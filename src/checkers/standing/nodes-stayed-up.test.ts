import { describe, expect, it } from 'vitest';
import type { Finding } from '../checker.ts';
import { AT, type Draft, nodeSeen, recordOf } from '../test/a-record.ts';
import { nodesStayedUpChecker } from './nodes-stayed-up.ts';

const check = (change: (draft: Draft) => void = () => {}): Finding =>
  nodesStayedUpChecker.check(recordOf(change), {});
const seen =
  (...looks: Parameters<typeof nodeSeen>[]) =>
  (draft: Draft): void => {
    draft.events.push(...looks.map(([t, changes]) => nodeSeen(t, changes)));
  };
const gone = (ended: string | null) =>
  seen([50_000, { state: 'down', incarnation: null, ended, expected: false }]);

describe('nodes-stayed-up', () => {
  it('passes a node that a fault took down and that came back', () => {
    const finding = check(
      seen(
        [AT.engage + 200, { state: 'down', incarnation: null, ended: 'signal SIGKILL' }],
        [AT.healed - 500, { incarnation: '2' }],
      ),
    );
    expect(finding).toMatchObject({ outcome: 'pass', because: 'none of 1 nodes ended by itself' });
  });

  it('does not mind a look that came right after the fault let the node go', () => {
    const finding = check(
      seen(
        [AT.engage + 200, { state: 'down', incarnation: null }],
        [AT.healed + 300, { incarnation: '2', expected: false }],
      ),
    );
    expect(finding.outcome).toBe('pass');
  });

  it('takes what happened between a fault and its heal for the doing of the fault', () => {
    const finding = check(
      seen([AT.heal - 10, { state: 'down', incarnation: null, expected: false }]),
    );
    expect(finding.outcome).toBe('pass');
  });

  it('fails with a node that ended, and how', () => {
    expect(check(gone('exit code 1'))).toMatchObject({
      outcome: 'fail',
      because: 'NODE_DIED broker-1: ended by itself at 50 s of the run: exit code 1',
    });
    expect(check(gone('signal SIGSEGV')).outcome).toBe('fail');
    expect(check(gone(null)).outcome).toBe('fail');
  });

  it('fails with a node that is another process than before', () => {
    const finding = check(seen([50_000, { incarnation: '2', expected: false }]));
    expect(finding.because).toMatch(/it is another process than before/);
    expect(finding.outcome).toBe('fail');
  });

  it('fails with a node that died before a fault, or long after it', () => {
    const before = seen([5_000, { state: 'down', incarnation: null, expected: false }]);
    expect(check(before).outcome).toBe('fail');
  });

  it.each<[string, (draft: Draft) => void, RegExp]>([
    ['somebody killed it', gone('signal SIGKILL'), /broker-1 was ended from outside at 50 s/],
    ['somebody told it to end', gone('exit code 143'), /nobody here sent that/],
    [
      'a node stands still and nobody here stopped it',
      seen([50_000, { state: 'paused', expected: false }]),
      /broker-1 stood still at 50 s of the run/,
    ],
    [
      'the disk was full',
      (draft) => {
        gone('exit code 1')(draft);
        const trouble = { kind: 'trouble', phase: 'load', code: 'DISK_FULL', hint: null } as const;
        draft.events.push({ t: 5, ...trouble, message: 'the disk is full' });
      },
      /^the disk is full; ended by itself/,
    ],
  ])('is inconclusive when %s', (_, change, because) => {
    const finding = check(change);
    expect(finding.outcome).toBe('inconclusive');
    expect(finding.because).toMatch(because);
  });

  it('lets a planned change handle its nodes', () => {
    const change = { kind: 'change', step: 'change-1', change: 'rolling-restart' } as const;
    const finding = check((draft) => {
      draft.events.push(
        { t: 49_000, ...change, act: 'begin', nodes: [], took: true, seen: '' },
        { t: 55_000, ...change, act: 'end', nodes: ['broker-1'], took: true, seen: '' },
      );
      gone('exit code 1')(draft);
    });
    expect(finding.outcome).toBe('pass');
  });
});
