import { connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../endpoint.ts';
import type { RunContext } from '../environment.ts';

/**
 * A way into a node's network for whoever looks from this machine: what comes to a loopback port
 * goes on to the dialer in that network (dialer.ts), with the line that says where to.
 */
export async function openRelay(
  of: { readonly dialer: Endpoint; readonly to: Endpoint; readonly name: string },
  run: RunContext,
): Promise<Endpoint> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(of.dialer.port, of.dialer.host);
    onward.write(`${of.to.host} ${of.to.port}\n`);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  run.scope.onClose(`relay ${of.name}`, async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  server.unref();
  const at = server.address();
  return { host: '127.0.0.1', port: typeof at === 'object' && at !== null ? at.port : 0 };
}
