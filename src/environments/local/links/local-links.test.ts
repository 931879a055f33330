import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../endpoint.ts';
import { type Links, LOAD_END } from '../../links.ts';
import { hostsFileOf } from './hosts-file.ts';
import { routesOf } from './link-routes.ts';
import { localLinks } from './local-links.ts';
import { type ProxyThread, startProxy } from './proxy-thread.ts';
import {
  BOTH,
  call,
  type Listener,
  listenAt,
  ROLES,
  testBlock,
  until,
} from './testing/small-network.ts';

const block = testBlock();
const routes = routesOf(ROLES, block, BOTH);
const [A, B, C] = ['broker-1', 'broker-2', 'broker-3'] as const;

describe('the routes of a run', () => {
  it('are one for each pair and port, at an address that names the pair', () => {
    const peer = routesOf(ROLES, block, ['peer']);
    expect(peer).toHaveLength(6);
    expect(peer[0]).toEqual({
      from: B,
      to: A,
      port: 'peer',
      at: { host: '127.252.2.1', port: block.endpoint(0, 0).port },
      onward: block.endpoint(0, 0),
    });
    const load = routesOf(ROLES, block, ['load']);
    expect(load.map(({ from, at }) => [from, at.host])).toEqual([
      [LOAD_END, '127.252.254.1'],
      [LOAD_END, '127.252.254.2'],
      [LOAD_END, '127.252.254.3'],
    ]);
  });

  it('are none where no links are asked for, and never for looks', () => {
    expect(routesOf(ROLES, block, [])).toEqual([]);
    expect(routes.map(({ port }) => port)).not.toContain('check');
  });
});

describe('the hosts file of a node', () => {
  it('names itself, its ways to all who may ever be, and the machine', () => {
    const lines = hostsFileOf(B, ROLES, block).trimEnd().split('\n');
    expect(lines[0]).toBe('127.0.0.1 localhost');
    expect(lines).toContain('127.252.2.1 broker-1');
    expect(lines).toContain('127.252.0.2 broker-2');
    expect(lines).toContain('127.252.2.3 broker-3');
  });
});

describe('links in a thread', () => {
  let proxy: ProxyThread;
  let node: Listener;
  let loaded: Listener;
  let child: ChildProcess | undefined;
  let links: Links;
  beforeEach(async () => {
    proxy = await startProxy(routes);
    node = await listenAt(block.endpoint(1, 0), { echo: true });
    loaded = await listenAt(block.endpoint(1, 1), { echo: true });
    // Node A is the child; B is this process.
    const pidOf = (id: string): number | null =>
      (id === A ? child?.pid : id === B ? process.pid : null) ?? null;
    links = localLinks({ routes, proxy, pidOf });
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    child = undefined;
    await proxy.close();
    await node[Symbol.asyncDispose]();
    await loaded[Symbol.asyncDispose]();
  });

  /** Another process connects, as a node would. */
  const comes = async ({ host, port }: Endpoint): Promise<void> => {
    const script = `require('net').connect(${port}, '${host}').write('x')`;
    child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    await until('it came', () => node.heard().includes('x'));
  };

  it('do what they are told, and say what they see', async () => {
    const [way] = links.ways(A, B);
    expect(way?.port).toBe('peer');
    using one = await call(way?.at ?? { host: '', port: 0 });
    await until('through', async () => (await links.look(A, B)).connections === 1);
    await links.set(A, B, { cut: true });
    one.socket.write('held');
    await until('held', async () => (await links.look(A, B)).heldBytes === 4);
    expect((await links.look(A, B)).state.cut).toBe(true);
    await links.heal(A, B);
    await until('echo', () => one.heard() === 'held');
    expect(await links.reset(A, B)).toBe(1);
    await expect(links.look(A, 'nobody')).rejects.toThrow(/no link broker-1→nobody/);
  });

  it('reset at once whoever does not read, and can be closed after that', async () => {
    const [way] = links.ways(A, B);
    const one = await call(way?.at ?? { host: '', port: 0 });
    await until('accepted', () => node.sockets.length === 1);
    const [held] = node.sockets;
    const ends: (string | undefined)[] = [];
    held?.removeAllListeners('data').pause();
    held?.on('error', (error: NodeJS.ErrnoException) => ends.push(error.code));
    for (let count = 0; count < 64; count += 1) one.socket.write(Buffer.alloc(1024 * 1024));
    await until('blocked', async () => {
      const before = await links.look(A, B);
      const after = await links.look(A, B);
      return before.passedBytes > 1024 * 1024 && before.passedBytes === after.passedBytes;
    });
    expect(await links.reset(A, B)).toBe(1);
    held?.resetAndDestroy();
    await until('gone', async () => (await links.look(A, B)).connections === 0);
    let closed = false;
    void proxy.close().then(() => {
      closed = true;
    });
    await until('closed', () => closed);
  });

  it('see nobody around them as long as all come their way', async () => {
    await comes(links.ways(A, B)[0]?.at ?? { host: '', port: 0 });
    expect(await links.around(A, B)).toEqual([]);
  });

  it('see a node that comes straight, by the owner of the socket', async () => {
    await comes(block.endpoint(1, 0));
    const { port } = block.endpoint(1, 0);
    expect(await links.around(B, A)).toEqual([
      expect.stringMatching(
        new RegExp(`^broker-1 is connected to broker-2 past .* to 127.252.0.2:${port}$`),
      ),
    ]);
    expect(await links.around(B, C)).toEqual([]);
  });

  it('see a node that comes by the link of somebody else', async () => {
    await comes(links.ways(C, B)[0]?.at ?? { host: '', port: 0 });
    expect((await links.around(A, B)).join()).toMatch(/past their link: .* to 127\.252\.3\.2:/);
  });

  it('see a load client that comes straight', async () => {
    using one = await call(block.endpoint(1, 1));
    await until('accepted', () => loaded.sockets.length === 1);
    expect(await links.around(LOAD_END, B)).toHaveLength(1);
    one.socket.destroy();
    await until('gone', async () => (await links.around(LOAD_END, B)).length === 0);
    using two = await call(links.ways(LOAD_END, B)[0]?.at ?? { host: '', port: 0 });
    two.socket.write('x');
    await until('through', () => loaded.heard() === 'x');
    expect(await links.around(LOAD_END, B)).toEqual([]);
  });

  it('cannot be had twice, and say why', async () => {
    await expect(startProxy(routes)).rejects.toThrow(/links of the run: no link .*EADDRINUSE/);
  });

  it('fail whoever asks once their thread has ended', async () => {
    await proxy.close();
    await expect(links.look(A, B)).rejects.toThrow(/their thread ended/);
  });
});
