import { connect, createServer, type Server, type Socket } from 'node:net';
import { realClock } from '../../../../core/clock.ts';
import { ms, type Span, seconds } from '../../../../core/time.ts';
import { mebibytes } from '../../../../core/units.ts';
import { waitFor } from '../../../../core/wait-for.ts';
import { addressBlock, type Block } from '../../../addresses/address-plan.ts';
import type { Endpoint } from '../../../endpoint.ts';
import type { LinkClass } from '../../../environment.ts';
import type { RoleSpec } from '../../../node.ts';

/** Two kinds of nodes, as small TCP servers can play them. */
export const ROLES: readonly RoleSpec[] = [
  {
    role: 'broker',
    count: 2,
    countMax: 3,
    ports: [
      { name: 'peer', from: ['peer'] },
      { name: 'load', from: ['load'] },
      { name: 'check', from: ['check'] },
    ],
    volumes: [],
    memory: mebibytes(1),
  },
];
/** The classes of links that those have. */
export const BOTH: readonly LinkClass[] = ['peer', 'load'];

/** A block that no run uses, with ports that no other test process uses. */
export const testBlock = (): Block => addressBlock(236, 20_000 + ((process.pid * 7) % 10_000));

const never = new AbortController().signal;

/** Waits until a condition holds. */
export const until = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  within: Span = seconds(5),
): Promise<void> => {
  await waitFor(
    { what, look: async () => condition(), show: String },
    { clock: realClock(), signal: never, within, every: ms(5), until: (holds) => holds },
  );
};

/** A TCP server that keeps what it hears and can answer. */
export interface Listener extends AsyncDisposable {
  readonly sockets: Socket[];
  /** All that came, of all connections. */
  heard(): string;
  heardBytes(): number;
}

/** Listens; with `echo` it sends everything back. */
export async function listenAt(
  at: Endpoint,
  options: { readonly echo?: boolean } = {},
): Promise<Listener> {
  const sockets: Socket[] = [];
  const chunks: Buffer[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {}); // Its close tells.
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (options.echo === true) socket.write(chunk);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  return {
    sockets,
    heard: () => Buffer.concat(chunks).toString(),
    heardBytes: () => chunks.reduce((sum, { length }) => sum + length, 0),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A connection with what came over it, and how it ended. */
export interface Caller extends Disposable {
  readonly socket: Socket;
  heard(): string;
  /** `closed`, or the code of the error. */
  ended(): string | null;
}

/** Connects, and returns when the connection was accepted. */
export async function call(at: Endpoint): Promise<Caller> {
  const socket = connect({ host: at.host, port: at.port, noDelay: true });
  const chunks: Buffer[] = [];
  let ended: string | null = null;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    ended = error.code ?? error.message;
  });
  socket.on('close', () => {
    ended ??= 'closed';
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    heard: () => Buffer.concat(chunks).toString(),
    ended: () => ended,
    [Symbol.dispose]: () => {
      socket.destroy();
    },
  };
}
