import { describe, expect, it } from 'vitest';
import { JuteReader, JuteWriter } from './jute.ts';

describe('jute', () => {
  it('reads what it wrote, behind a length', () => {
    const writer = new JuteWriter().int(-11).long(-1n).string('/brokers/ids').buffer(Buffer.of(7));
    const frame = writer.frame();
    expect(frame.readInt32BE(0)).toBe(frame.length - 4);
    const reader = new JuteReader(frame.subarray(4));
    expect([reader.int(), reader.long(), reader.string()]).toEqual([-11, -1n, '/brokers/ids']);
    expect([...reader.buffer()]).toEqual([7]);
  });

  it('takes -1 for nothing, and reads lists', () => {
    const body = new JuteWriter().int(-1).int(-1).int(2).string('a').string('b').body();
    const reader = new JuteReader(body);
    expect(reader.buffer()).toHaveLength(0);
    expect(reader.strings()).toEqual([]);
    expect(reader.strings()).toEqual(['a', 'b']);
  });

  it('refuses to read beyond the end, also by a length that lies', () => {
    expect(() => new JuteReader(Buffer.alloc(3)).int()).toThrow('the frame ends too early');
    const lying = new JuteWriter().int(100).body();
    expect(() => new JuteReader(lying).buffer()).toThrow('the frame ends too early');
  });
});
