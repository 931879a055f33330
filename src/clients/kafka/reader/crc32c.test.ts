import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

/** One bit at a time, straight from the definition. */
function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f6_3b78 : 0);
  }
  return ~crc >>> 0;
}

describe('crc32c', () => {
  it('gives the check values of RFC 3720, appendix B.4', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a91_36aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8_ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at))).toBe(0x46dd_794e);
    expect(crc32c(Buffer.alloc(0))).toBe(0);
  });

  it('equals the bit-by-bit definition on any part of any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(200),
        fc.nat(200),
        (bytes, one, two) => {
          const [start, end] = [one, two]
            .map((at) => Math.min(at, bytes.length))
            .sort((a, b) => a - b);
          expect(crc32c(bytes, start, end)).toBe(slowCrc32c(bytes.subarray(start, end)));
        },
      ),
    );
  });
});
