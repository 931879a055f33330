import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isHere } from './engine.ts';

describe('an engine is taken', () => {
  it.each([[['127.0.0.1']], [['127.0.0.1', '127.0.0.2']]])('at loopback: %j', async (addresses) => {
    expect(await isHere(addresses)).toBe(true);
  });

  it('at any address of this machine, as the gateway of a bridge is', async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter((each) => each.family === 'IPv4')
      .map((each) => each.address);

    expect(await isHere(own)).toBe(true);
  });

  // The blocks of RFC 5737, which are nobody's.
  it.each([[[]], [['198.51.100.4']], [['127.0.0.1', '203.0.113.9']]])(
    'nowhere else: %j',
    async (addresses) => {
      expect(await isHere(addresses)).toBe(false);
    },
  );
});
