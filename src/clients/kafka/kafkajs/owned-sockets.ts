import { connect, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** The sockets of one client. */
export interface OwnedSockets {
  readonly factory: ISocketFactory;
  /** Destroys those that are open and refuses new ones; idempotent. */
  end(): void;
}

/** Makes the sockets of a client, and ends them all at once. */
export function ownedSockets(): OwnedSockets {
  const open = new Set<Socket>();
  let ended = false;
  return {
    factory({ host, port, onConnect }) {
      if (ended) throw new Error('the client was closed');
      // Like the Java client, without Nagle's algorithm: it would hold back small requests.
      const socket = connect({ host, port, noDelay: true }, onConnect);
      unrefWhileOpen(socket);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      return socket;
    },
    end() {
      ended = true;
      // With an error, because kafkajs listens to no `close`: only so it gives up its requests.
      for (const socket of open) socket.destroy(new Error('the client was closed'));
      open.clear();
    },
  };
}

/**
 * kafkajs says `unref` to its last socket whenever it disconnects, once more for each request that
 * failed on it. Of one that is closed node keeps all of these for a connect that never comes, and
 * warns of a leak.
 */
function unrefWhileOpen(socket: Socket): void {
  const unref = socket.unref.bind(socket);
  socket.unref = () => (socket.destroyed ? socket : unref());
}
