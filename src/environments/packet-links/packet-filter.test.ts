import { describe, expect, it } from 'vitest';
import { CUT_LASTS, cutText, FILTER, isSameKey, mendText, RENEW_EVERY } from './packet-filter.ts';

const PEER = { set: 'from_peer', address: '172.18.0.4' } as const;

describe('the filter of a network', () => {
  it('drops what is in its sets, and every set forgets by itself', () => {
    for (const set of ['from_peer', 'from_load', 'to_load']) {
      expect(FILTER).toMatch(new RegExp(`set ${set} \\{ type \\w+; flags timeout; \\}`));
      expect(FILTER).toMatch(new RegExp(`@${set} .*drop`));
    }
    expect(FILTER).not.toContain('flush');
  });

  it('says to peers that the host cannot be reached, and never to who opens a connection', () => {
    const rules = FILTER.split('\n').filter((line) => line.includes('@from_peer'));
    const [first = '', second = ''] = rules;
    expect(first).toMatch(/tcp flags syn counter drop/);
    expect(second).toMatch(/reject with icmp type host-unreachable/);
    expect(rules).toHaveLength(3);
  });

  it('takes the place of an earlier one, and of nothing else', () => {
    const before = FILTER.trim().split('\n').slice(0, 3);
    expect(before).toEqual([
      'add table inet highwater',
      'delete table inet highwater',
      'table inet highwater {',
    ]);
    expect(FILTER.match(/delete/g)).toHaveLength(1);
  });

  it('tells its keys apart by set and by element', () => {
    expect(isSameKey(PEER, { ...PEER })).toBe(true);
    expect(isSameKey(PEER, { ...PEER, address: '172.18.0.5' })).toBe(false);
    expect(isSameKey({ set: 'to_load', port: 1 }, { set: 'from_load', port: 1 })).toBe(false);
  });

  it('renews a cut in one go, so that there is no moment without', () => {
    expect(cutText([PEER]).split('\n')).toEqual([
      'add element inet highwater from_peer { 172.18.0.4 timeout 30s }',
      'delete element inet highwater from_peer { 172.18.0.4 }',
      'add element inet highwater from_peer { 172.18.0.4 timeout 30s }',
      '',
    ]);
    expect(2 * RENEW_EVERY).toBeLessThan(CUT_LASTS);
  });

  it('mends what was cut, and what was not', () => {
    expect(mendText([{ set: 'to_load', port: 20_402 }]).split('\n')).toEqual([
      'add element inet highwater to_load { 20402 timeout 1s }',
      'delete element inet highwater to_load { 20402 }',
      '',
    ]);
  });
});
