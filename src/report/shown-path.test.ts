import { describe, expect, it } from 'vitest';
import { quoted, shownPath } from './shown-path.ts';

describe('shownPath', () => {
  it('is relative below the working directory and absolute anywhere else', () => {
    expect(shownPath('/home/me/reports/x', '/home/me')).toBe('reports/x');
    expect(shownPath('/home/me', '/home/me')).toBe('.');
    expect(shownPath('/tmp/x', '/home/me')).toBe('/tmp/x');
    expect(shownPath('../x', '/home/me')).toBe('/home/x');
  });
});

describe('quoted', () => {
  it('quotes only what a shell would take apart', () => {
    expect(quoted('reports/2026-05-04T0312-x')).toBe('reports/2026-05-04T0312-x');
    expect(quoted("my 'runs'")).toBe("'my '\\''runs'\\'''");
  });
});
