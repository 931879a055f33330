import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Route, routesOf } from './link-routes.ts';
import { openProxy, type Proxy } from './proxy.ts';
import {
  BOTH,
  call,
  type Listener,
  listenAt,
  ROLES,
  testBlock,
  until,
} from './testing/small-network.ts';

const routes = routesOf(ROLES, testBlock(), BOTH);
const way = (from: string, to: string): Route => {
  const found = routes.find((route) => route.from === from && route.to === to);
  if (found === undefined) throw new Error(`no way ${from} to ${to}`);
  return found;
};
const [A, B] = ['broker-1', 'broker-2'] as const;
/**
 * Round trips through the same proxy by a link that nobody touches: whatever was not held by then
 * has arrived.
 */
async function quiet(): Promise<void> {
  using one = await call(way('load', B).at);
  for (let trips = 1; trips <= 50; trips += 1) {
    one.socket.write('x');
    await until('round trip', () => one.heard().length === trips);
  }
}

let proxy: Proxy;
let node: Listener;
let loaded: Listener;
beforeEach(async () => {
  proxy = await openProxy(routes);
  node = await listenAt(way(A, B).onward, { echo: true });
  loaded = await listenAt(way('load', B).onward, { echo: true });
});
afterEach(async () => {
  proxy.close();
  await node[Symbol.asyncDispose]();
  await loaded[Symbol.asyncDispose]();
});

describe('a link that nobody has touched', () => {
  it('carries bytes and ends both ways, from an address that names the link', async () => {
    using one = await call(way(A, B).at);
    one.socket.write('hello');
    await until('echo', () => one.heard() === 'hello');
    expect(node.sockets[0]?.remoteAddress).toBe(way(A, B).at.host);
    expect(proxy.look(A, B)).toMatchObject({ connections: 1, passedBytes: 5, heldBytes: 0 });
    expect(proxy.look(B, A)).toMatchObject({ connections: 1, passedBytes: 5 });
    node.sockets[0]?.end('bye');
    await until('end', () => one.ended() === 'closed');
    expect(one.heard()).toBe('hellobye');
    await until('forgotten', () => proxy.look(A, B).connections === 0);
  });

  it('resets whoever comes to a node that is not there', async () => {
    using one = await call(way(B, A).at);
    await until('reset', () => one.ended() === 'ECONNRESET');
  });

  it('passes a reset on', async () => {
    using one = await call(way(A, B).at);
    one.socket.write('x');
    await until('echo', () => one.heard() === 'x');
    node.sockets[0]?.resetAndDestroy();
    await until('reset', () => one.ended() === 'ECONNRESET');
  });

  it('holds a sender back when the receiver does not read, and loses nothing', async () => {
    using one = await call(way(A, B).at);
    await until('accepted', () => node.sockets.length === 1);
    node.sockets[0]?.removeAllListeners('data').pause();
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    for (let count = 0; count < 64; count += 1) one.socket.write(megabyte);
    await until('blocked', () => proxy.look(A, B).passedBytes > 0);
    await quiet();
    expect(one.socket.writableLength).toBeGreaterThan(0);
    let got = 0;
    node.sockets[0]?.on('data', (chunk: Buffer) => {
      got += chunk.length;
    });
    node.sockets[0]?.resume();
    await until('all', () => got === 64 * megabyte.length);
  });
});

describe('a direction that is cut', () => {
  it('holds what is sent on a connection that is open, whoever opened it, and hands it on', async () => {
    await using other = await listenAt(way(B, A).onward, { echo: true });
    using opened = await call(way(A, B).at);
    using accepted = await call(way(B, A).at);
    opened.socket.write('1');
    accepted.socket.write('2');
    await until('both echo', () => opened.heard() === '1' && accepted.heard() === '2');

    proxy.set(A, B, { cut: true });
    opened.socket.write('request');
    other.sockets[0]?.write('response');
    await until('held', () => proxy.look(A, B).heldBytes === 'requestresponse'.length);
    await quiet();
    expect(node.heard()).toBe('1');
    expect(accepted.heard()).toBe('2');

    // The other direction flows.
    node.sockets[0]?.write('news');
    accepted.socket.write('3');
    await until('flows back', () => opened.heard() === '1news' && other.heard() === '23');
    expect(proxy.look(A, B).connections).toBe(2);

    proxy.heal(B, A);
    proxy.heal(B, A);
    await until('handed on', () => node.heard() === '1request');
    await until('handed on', () => accepted.heard() === '2response3');
    expect(proxy.look(A, B)).toMatchObject({ heldBytes: 0, state: { cut: false } });
  });

  it.each([
    ['there', A, B],
    ['back', B, A],
  ])(
    'lets new connections hang when the way %s is cut, and counts nothing of theirs',
    async (_, from, to) => {
      proxy.set(from, to, { cut: true });
      using one = await call(way(A, B).at);
      one.socket.write('anybody?');
      await quiet();
      expect([node.sockets.length, one.heard(), one.ended()]).toEqual([0, '', null]);
      expect(proxy.look(A, B)).toMatchObject({ connections: 0, heldBytes: 0 });
      proxy.heal(A, B);
      await until('echo', () => one.heard() === 'anybody?');
    },
  );

  it('tells nobody of an end or a reset before it is healed', async () => {
    using one = await call(way(A, B).at);
    using two = await call(way(A, B).at);
    await until('accepted', () => node.sockets.length === 2);
    const ends: string[] = [];
    node.sockets[0]?.on('close', () => ends.push('closed'));
    node.sockets[1]?.on('error', (error: NodeJS.ErrnoException) => ends.push(`${error.code}`));
    proxy.set(A, B, { cut: true });
    one.socket.end('last words');
    two.socket.resetAndDestroy();
    await quiet();
    expect([node.heard(), ends]).toEqual(['', []]);
    proxy.heal(A, B);
    await until('told', () => ends.length === 2);
    expect(node.heard()).toBe('last words');
    expect(ends.toSorted()).toEqual(['ECONNRESET', 'closed']);
  });

  it('does not take more memory than a bounded buffer', async () => {
    using one = await call(way(A, B).at);
    await until('through', () => proxy.look(A, B).connections === 1);
    proxy.set(A, B, { cut: true });
    for (let count = 0; count < 64; count += 1) one.socket.write(Buffer.alloc(1024 * 1024));
    await quiet();
    const { heldBytes } = proxy.look(A, B);
    expect(heldBytes).toBeGreaterThan(0);
    expect(heldBytes).toBeLessThanOrEqual(512 * 1024);
    proxy.heal(A, B);
    await until('all of it', () => node.heardBytes() === 64 * 1024 * 1024);
  });

  it('touches no other pair', async () => {
    proxy.set(A, B, { cut: true });
    proxy.set(B, A, { cut: true });
    for (const from of ['broker-3', 'load']) {
      using one = await call(way(from, B).at);
      one.socket.write('x');
      await until(`echo to ${from}`, () => one.heard() === 'x');
    }
  });
});

describe('a slow direction', () => {
  it('delays every byte, keeps the order whatever the jitter, and lets go at once when healed', async () => {
    using one = await call(way(A, B).at);
    proxy.set(A, B, { delayMs: 60, jitterMs: 50 });
    const sent = Array.from({ length: 200 }, (_, index) => `${index};`);
    const from = performance.now();
    one.socket.write('first;');
    await until('first', () => node.heard() !== '');
    expect(performance.now() - from).toBeGreaterThanOrEqual(9);
    for (const [index, each] of sent.entries()) {
      one.socket.write(each);
      if (index % 40 === 0) await quiet();
    }
    await until('all', () => node.heard().endsWith('199;'));
    expect(node.heard()).toBe(`first;${sent.join('')}`);

    proxy.set(A, B, { delayMs: 60_000, jitterMs: 0 });
    one.socket.write('late');
    await until('held', () => proxy.look(A, B).heldBytes === 4);
    proxy.heal(A, B);
    await until('late', () => node.heard().endsWith('late'));
  });

  it('lets a delay pass and no less', async () => {
    using one = await call(way(A, B).at);
    await until('through', () => proxy.look(A, B).connections === 1);
    proxy.set(A, B, { delayMs: 80 });
    proxy.set(B, A, { delayMs: 40 });
    const from = performance.now();
    one.socket.write('x');
    await until('echo', () => one.heard() === 'x');
    const took = performance.now() - from;
    expect(took).toBeGreaterThanOrEqual(119);
  });

  it('lets no more through than its bandwidth, over all connections together', async () => {
    using one = await call(way(A, B).at);
    using two = await call(way(A, B).at);
    await until('through', () => proxy.look(A, B).connections === 2);
    proxy.set(A, B, { bytesPerSecond: 200_000 });
    const from = performance.now();
    for (const { socket } of [one, two]) socket.write(Buffer.alloc(50_000));
    await until('all', () => node.heardBytes() === 100_000);
    const took = performance.now() - from;
    expect(took).toBeGreaterThanOrEqual(450);
    expect(took).toBeLessThan(2_000);
  });
});

describe('a reset and a blackhole', () => {
  it('resets every connection of the pair, whoever opened it, at both ends', async () => {
    await using other = await listenAt(way(B, A).onward);
    using opened = await call(way(A, B).at);
    using accepted = await call(way(B, A).at);
    await until('through', () => proxy.look(A, B).connections === 2);
    const ends: string[] = [];
    for (const socket of [...node.sockets, ...other.sockets]) {
      socket.on('error', (error: NodeJS.ErrnoException) => ends.push(`${error.code}`));
    }
    expect(proxy.reset(B, A)).toBe(2);
    await until('reset', () => ends.length === 2);
    await until('reset', () => [opened, accepted].every((one) => one.ended() === 'ECONNRESET'));
    expect(proxy.look(A, B).connections).toBe(0);
    using again = await call(way(A, B).at);
    again.socket.write('x');
    await until('echo', () => again.heard() === 'x');
  });

  it('lets new connections of the one who opens them hang, and open ones go on', async () => {
    await using other = await listenAt(way(B, A).onward, { echo: true });
    using open = await call(way(A, B).at);
    await until('through', () => proxy.look(A, B).connections === 1);
    proxy.set(A, B, { blackhole: true });
    using fresh = await call(way(A, B).at);
    using back = await call(way(B, A).at);
    for (const { socket } of [open, fresh, back]) socket.write('x');
    await until('echo', () => open.heard() === 'x' && back.heard() === 'x');
    await quiet();
    expect([fresh.heard(), fresh.ended(), other.sockets.length]).toEqual(['', null, 1]);
    proxy.heal(A, B);
    await until('echo', () => fresh.heard() === 'x');
  });

  it('forgets who gives up while hanging', async () => {
    proxy.set(A, B, { blackhole: true });
    using fresh = await call(way(A, B).at);
    fresh.socket.end('x');
    await until('gone', () => fresh.ended() !== null);
    proxy.heal(A, B);
    await quiet();
    expect(node.sockets.length).toBe(0);
  });
});

describe('opening and asking', () => {
  it('listens for nothing when one address is taken, and says which', async () => {
    await expect(openProxy(routes)).rejects.toThrow(/no link broker-2→broker-1 .*EADDRINUSE/);
  });

  it('takes a link that was not reserved for a bug', () => {
    expect(() => proxy.look('broker-1', 'zookeeper-1')).toThrow(/no link broker-1→zookeeper-1/);
    expect(() => proxy.set('load', 'broker-9', { cut: true })).toThrow(/no link/);
  });
});
