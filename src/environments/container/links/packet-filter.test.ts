import { describe, expect, it } from 'vitest';
import { CUT_LASTS, cutText, FILTER, mendText, RENEW_EVERY } from './packet-filter.ts';

const PEER = { set: 'from_peer', address: '172.18.0.4' } as const;

describe('the filter of a sandbox', () => {
  it('drops what is in its sets, and every set forgets by itself', () => {
    for (const set of ['from_peer', 'from_load', 'to_load']) {
      expect(FILTER).toMatch(new RegExp(`set ${set} \\{ type \\w+; flags timeout; \\}`));
      expect(FILTER).toMatch(new RegExp(`@${set} counter drop`));
    }
    expect(FILTER).not.toContain('flush');
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
