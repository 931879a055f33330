import { chmodSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type ErrorCode, HighwaterError, isHighwaterError, messageOf } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';

/**
 * How a conductor is talked to: a Unix socket that only its user can open. A connection carries one
 * request, a line of JSON, and any number of lines back: `{"tell": …}` while it is being done, then
 * `{"done": …}` or `{"error": …}`. Whoever hangs up calls off what was asked for.
 */
export type ControlRequest = JsonObject & { readonly do: string };

/** Does what is asked for. */
export type ControlHandler = (
  request: ControlRequest,
  how: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
) => Promise<JsonObject>;

/** A conductor that listens. */
export interface ControlServer {
  /** Takes no new requests; those that were taken are still answered. */
  stop(): void;
  /** Resolves when every request has its answer and nobody is connected. */
  readonly ended: Promise<void>;
}

/** Listens for requests at a path in a folder that is there. */
export async function serveControl(path: string, handle: ControlHandler): Promise<ControlServer> {
  const server = createServer((socket) => {
    void serveOne(socket, handle);
  });
  // Made for this user alone from the first moment on: the mask holds while it is bound.
  const before = process.umask(0o177);
  try {
    await listening(server, path);
  } finally {
    process.umask(before);
  }
  chmodSync(path, 0o600);
  const ended = new Promise<void>((resolve) => {
    server.once('close', () => resolve());
  });
  return { stop: () => server.close(), ended };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

async function serveOne(socket: Socket, handle: ControlHandler): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => {}); // Told by its close.
  socket.on('close', () => gone.abort(new HighwaterError('INTERRUPTED', 'whoever asked has left')));
  const say = (line: JsonObject): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(line)}\n`);
  };
  const line = await firstLine(socket);
  try {
    const request = JSON.parse(line) as ControlRequest;
    const how = { tell: (text: string) => say({ tell: text }), signal: gone.signal };
    say({ done: await handle(request, how) });
  } catch (thrown) {
    say({ error: errorJson(thrown) });
  }
  socket.end();
}

/** The request; an empty line when whoever connected left without one. */
function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    onLines(socket, resolve);
    socket.once('close', () => resolve(''));
  });
}

function onLines(socket: Socket, heard: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) heard(line);
  });
}

const errorJson = (thrown: unknown): JsonObject => ({
  code: isHighwaterError(thrown) ? thrown.code : 'BUG',
  message: messageOf(thrown),
  facts: isHighwaterError(thrown) ? thrown.facts : {},
  hint: isHighwaterError(thrown) ? (thrown.hint ?? null) : null,
});

/** Asks a conductor for something and waits until it is done; its errors are thrown here. */
export function askConductor(
  path: string,
  request: ControlRequest,
  how: { readonly tell: (line: string) => void; readonly signal: AbortSignal },
): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const onAbort = (): void => {
      socket.destroy();
      reject(how.signal.reason as Error);
    };
    how.signal.addEventListener('abort', onAbort, { once: true });
    const over = (settle: () => void): void => {
      how.signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const lost = (why: string): void =>
      over(() =>
        reject(new HighwaterError('ENV_NOT_READY', `the conductor cannot be asked: ${why}`)),
      );
    socket.once('error', (error) => lost(error.message));
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.once('close', () => lost('it hung up'));
    onLines(socket, (line) => {
      const said = JSON.parse(line) as { tell?: string; done?: JsonObject; error?: ErrorJson };
      if (said.tell !== undefined) how.tell(said.tell);
      if (said.done !== undefined) over(() => resolve(said.done as JsonObject));
      if (said.error !== undefined) over(() => reject(errorOf(said.error as ErrorJson)));
    });
  });
}

type ErrorJson = { code: ErrorCode; message: string; facts: JsonObject; hint: string | null };

const errorOf = ({ code, message, facts, hint }: ErrorJson): HighwaterError =>
  new HighwaterError(code, message, { facts, ...(hint === null ? {} : { hint }) });
