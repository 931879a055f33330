import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms } from './time.ts';
import { bytes, mebibytes, perSecond, showBytes, showCount, showRate, showSpan } from './units.ts';

describe('showSpan', () => {
  it.each([
    [0, '0 ms'],
    [-0.01, '0 ms'],
    [0.25, '0.3 ms'],
    [9.97, '10 ms'],
    [340, '340 ms'],
    [999.7, '1 s'],
    [1_234, '1.23 s'],
    [7_200, '7.2 s'],
    [59_940, '59.9 s'],
    [59_990, '1 m'],
    [90_000, '1 m 30 s'],
    [-90_000, '-1 m 30 s'],
    [3_600_000, '1 h'],
    [3_599_800, '1 h'],
    [3_661_000, '1 h 1 m 1 s'],
    [Number.POSITIVE_INFINITY, 'Infinity ms'],
  ])('writes %d ms as "%s"', (span, text) => {
    expect(showSpan(ms(span))).toBe(text);
  });

  it('never writes 60 s or 60 m, and never nothing', () => {
    const span = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(fc.property(span, (size) => !/^$|\b(60 [sm]|1000 ms)\b/.test(showSpan(ms(size)))));
  });
});

describe('showCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [2_000, '2 000'],
    [1_234_567.85, '1 234 567.9'],
    [0.04, '0'],
    [-12_000, '-12 000'],
  ])('writes %d as "%s"', (count, text) => {
    expect(showCount(count)).toBe(text);
  });
});

describe('showRate and showBytes', () => {
  it('write rates and sizes with their units', () => {
    expect(showRate(perSecond(2_000))).toBe('2 000/s');
    expect(showRate(perSecond(0.5))).toBe('0.5/s');
    expect(showBytes(mebibytes(384))).toBe('384 MiB');
    expect(showBytes(bytes(1_023))).toBe('1023 B');
    expect(showBytes(bytes(1024 * 1024 - 1))).toBe('1 MiB');
  });
});
