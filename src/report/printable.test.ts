import { describe, expect, it } from 'vitest';
import { onOneLine, printable } from './printable.ts';

describe('printable', () => {
  it('leaves ordinary text of any language alone', () => {
    expect(printable('orders-0 → späť 🙂\nnext line')).toBe('orders-0 → späť 🙂\nnext line');
  });

  it('makes terminal escapes, bells, overrides and lone surrogates visible', () => {
    expect(printable('\u001b[2Ja\u0007\u0000b\u202ec\ud800d\u009b\uffff')).toBe(
      '\\u001b[2Ja\\u0007\\u0000b\\u202ec\\ud800d\\u009b\\uffff',
    );
  });

  it('joins lines when only one may be shown', () => {
    expect(onOneLine('  first\r\n   second\tthird\n')).toBe('first second\\u0009third');
  });
});
