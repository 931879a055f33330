import { describe, expect, it } from 'vitest';
import { wrap } from './wrap.ts';

describe('wrap', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrap('one two three four five six', { width: 24, first: '- ' })).toEqual([
      '- one two three four',
      '  five six',
    ]);
  });

  it('keeps figures with their groups and units together', () => {
    expect(wrap('it were 64 of 117 312 records in 3.98 s', { width: 22, first: '' })).toEqual([
      'it were 64 of',
      '117 312 records in',
      '3.98 s',
    ]);
    expect(wrap('it took no more than 3.98 s', { width: 25, first: '' })).toEqual([
      'it took no more than',
      '3.98 s',
    ]);
  });

  it('never cuts a word that is longer than the line', () => {
    const path = 'reports/2026-05-04T0312-leader-down-1f3a/report.html';
    expect(wrap(`see ${path}`, { width: 30, first: '  ' })).toEqual(['  see', `  ${path}`]);
  });
});
