import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownedSockets } from './owned-sockets.ts';

let server: Server;
beforeEach(async () => {
  server = createServer((socket) => socket.resume().on('error', () => {}));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => server.close());

const asked = () => ({
  host: '127.0.0.1',
  port: (server.address() as AddressInfo).port,
  ssl: {} as never,
  onConnect: () => {},
});

describe('the sockets of a client', () => {
  it('end together, with an error, and no new one is made', async () => {
    const { factory, end } = ownedSockets();
    const sockets = [factory(asked()), factory(asked())] as Socket[];
    const errors = sockets.map((socket) => once(socket, 'error'));
    end();
    for (const error of errors) expect(String(await error)).toContain('the client was closed');
    expect(() => factory(asked())).toThrow('the client was closed');
  });

  it('keep nothing of being let go again and again when they are closed', async () => {
    const socket = ownedSockets().factory(asked()) as Socket;
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
    for (let time = 0; time < 20; time += 1) socket.unref();
    expect(socket.listenerCount('connect')).toBe(0);
  });
});
