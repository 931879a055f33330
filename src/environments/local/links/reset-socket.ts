import type { Socket } from 'node:net';

/**
 * Resets a connection at once, whatever waits to be written. Node's own `resetAndDestroy` ends it
 * in order first and resets when all was taken: it waits for a peer that does not read, for ever,
 * and one that breaks off meanwhile leaves a handle that is never closed, with which no thread ends
 * (libuv refuses to reset what is being shut down, and Node takes it for closed). So the mark that
 * `destroy` goes by is set here, and not while the stream is being shut down; such a connection is
 * closed, and its peer reset as soon as it sends anything.
 */
export function resetSocket(socket: Socket): void {
  const isShuttingDown = socket.writableEnded && !socket.writableFinished;
  if (!isShuttingDown && !socket.connecting) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}
