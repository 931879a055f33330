import { describe, expect, it } from 'vitest';
import { stepOf } from './fault.ts';
import { countOf, paramsOf, spanOf, targetsOf } from './words.ts';

describe('words of the command line', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
  ])('read %s as a length of time', (text, millis) => {
    expect(spanOf(text, '--for')).toBe(millis);
  });

  it.each(['10', '0s', '-1s', 's', '1h', ''])('do not take "%s" for a length of time', (text) => {
    expect(() => spanOf(text, '--for')).toThrow(`--for "${text}": expected a length of time`);
  });

  it.each(['0', '-1', 'many', '1.5', 'Infinity'])('do not count to "%s"', (text) => {
    expect(() => countOf(text, '--workers')).toThrow('expected a whole number above 0');
  });

  it.each<[string, object]>([
    ['broker-1', { nodes: ['broker-1'] }],
    ['broker-1 zookeeper-2', { nodes: ['broker-1', 'zookeeper-2'] }],
    ['leader-of:orders-0', { leaderOf: { topic: 'orders', partition: 0 } }],
    ['leader-of:my-topic-12', { leaderOf: { topic: 'my-topic', partition: 12 } }],
    ['leader-of:controller', { leaderOf: 'controller' }],
    ['follower-of:zookeeper', { followerOf: 'zookeeper' }],
    ['leader-of:transaction:t-1', { leaderOf: { transactionalId: 't-1' } }],
    ['last-in-sync-of:orders-3', { lastInSyncOf: { topic: 'orders', partition: 3 } }],
    ['role:broker', { role: 'broker' }],
    ['role:broker:2', { role: 'broker', count: 2 }],
    ['role:broker:minority', { role: 'broker', count: 'minority' }],
  ])('mean by %s what a suite would write', (words, rule) => {
    expect(targetsOf(words.split(' '))).toEqual(rule);
  });

  it.each([
    [[], 'a fault needs a target'],
    [['broker'], 'target "broker": it is neither a node nor a rule'],
    [['boss-of:orders-0'], 'target "boss-of:orders-0": no such rule'],
    [['leader-of:orders'], 'target "leader-of:orders": no such rule'],
    [['last-in-sync-of:controller'], 'no such rule'],
    [['role:broker', 'broker-1'], 'a rule stands alone: "role:broker broker-1"'],
    [['role:broker:0'], 'expected a whole number above 0'],
  ])('are refused where they mean nothing: %j', (words, why) => {
    expect(() => targetsOf(words)).toThrow(why);
  });

  it('read parameters as JSON where they are some', () => {
    expect(paramsOf(['delayMs=200', 'wipe={"topic":"a","partition":0}', 'how=both'])).toEqual({
      delayMs: 200,
      wipe: { topic: 'a', partition: 0 },
      how: 'both',
    });
    expect(() => paramsOf(['delay'])).toThrow('--param "delay": expected <key>=<value>');
  });

  it('make a step that begins at once', () => {
    const flags = { hold: '4s', other: ['broker-2'], param: ['both=true'] };
    expect(stepOf('cut', ['broker-1'], flags)).toEqual({
      kind: 'fault',
      atMs: 0,
      after: null,
      withinMs: 10_000,
      fault: 'cut',
      target: { nodes: ['broker-1'] },
      other: { nodes: ['broker-2'] },
      params: { both: true },
      holdMs: 4_000,
    });
  });
});
