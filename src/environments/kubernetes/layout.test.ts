import { describe, expect, it } from 'vitest';
import { apiName, placeOf } from './layout.ts';

describe('names of the API', () => {
  it('keep what is one already', () => {
    expect(apiName('broker-1')).toBe('broker-1');
  });

  it('are of the allowed characters and length, and differ where the texts do', () => {
    const long = `2026-11-21T202958-${'every-connection-'.repeat(4)}`;
    const names = [long, `${long}x`, 'A', 'a', 'a_', '--a'].map(apiName);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    expect(new Set(names).size).toBe(names.length);
  });

  it('put a run in a namespace of its own, or in the one that was given', () => {
    expect(placeOf('kill-1').namespace).toBe('highwater-kill-1');
    expect(placeOf('kill-1', 'team-a')).toEqual({ namespace: 'team-a', label: 'kill-1' });
  });
});
