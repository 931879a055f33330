import { connect, createServer, type Server, type Socket } from 'node:net';
import { realClock } from '../../src/core/clock.ts';
import { rngOf } from '../../src/core/rng.ts';
import { mebibytes } from '../../src/core/units.ts';
import { addressBlock, placeNodes } from '../../src/environments/addresses/address-plan.ts';
import type { Endpoint } from '../../src/environments/endpoint.ts';
import type { LinkClass } from '../../src/environments/environment.ts';
import { type LinkEnd, type Links, LOAD_END } from '../../src/environments/links.ts';
import { routesOf } from '../../src/environments/local/links/link-routes.ts';
import { localLinks } from '../../src/environments/local/links/local-links.ts';
import { startProxy } from '../../src/environments/local/links/proxy-thread.ts';
import type { Node, RoleSpec } from '../../src/environments/node.ts';
import type { EngageInput } from '../../src/faults/fault.ts';
import type { Sut } from '../../src/systems/system.ts';

/**
 * A system without Kafka: small TCP servers that keep connections to one another and to a load
 * client, send something every few milliseconds, and answer a fresh round trip. The links between
 * them are the real ones.
 */
export interface ChattyNodes extends AsyncDisposable {
  readonly links: Links;
  readonly sut: Sut;
  readonly nodes: readonly Node[];
  /** What a fault is given, with these nodes as targets. */
  input(targets: readonly string[], more?: Partial<EngageInput>): EngageInput;
  /** Connects straight from one of them to another, past the link. */
  goAround(to: string): Promise<void>;
  /** From now on they send nothing of themselves. */
  hush(): void;
  /** Every link as it was at the start. */
  healAll(): Promise<void>;
}

const ROLES: readonly RoleSpec[] = [
  {
    role: 'broker',
    count: 4,
    countMax: 4,
    ports: [
      { name: 'peer', from: ['peer'] },
      { name: 'mute', from: ['peer'] },
      { name: 'load', from: ['load'] },
    ],
    volumes: [],
    memory: mebibytes(1),
  },
];
const CLASSES: readonly LinkClass[] = ['peer', 'load'];
const NODES = ['broker-1', 'broker-2', 'broker-3', 'broker-4'];
const TRIP_LIMIT_MS = 700;
const EVERY_MS = 25;
/** How many were started by this process: each has port numbers of its own. */
let started = 0;

/** Starts them; every end keeps a connection to every node that it may come to. */
export async function chattyNodes(): Promise<ChattyNodes> {
  const block = addressBlock(237, 20_000 + ((process.pid * 13) % 10_000) + started * 4);
  started += 1;
  const routes = routesOf(ROLES, block, CLASSES);
  const proxy = await startProxy(routes);
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const talk: NodeJS.Timeout[] = [];
  const known = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  for (const { index, role } of placeNodes(ROLES).values()) {
    for (const [slot, { name }] of role.ports.entries()) {
      servers.push(await serve(block.endpoint(index, slot), known, name !== 'mute'));
    }
  }
  const dial = (at: Endpoint): Socket => known(connect({ host: at.host, port: at.port }));
  // Whoever is reset comes again, as real peers do.
  const keepTalking = (at: Endpoint): void => {
    let socket = dial(at).resume();
    talk.push(
      setInterval(() => {
        if (socket.closed) socket = dial(at).resume();
        socket.write('news');
      }, EVERY_MS),
    );
  };
  for (const { port, at } of routes) if (port !== 'mute') keepTalking(at);
  const links = localLinks({ routes, proxy, pidOf: () => null });
  const sut = sutOf(dial);
  const nodes = NODES.map((id) => ({ id, role: 'broker' }) as Node);
  Object.assign(sut, { nodes });
  const hush = (): void => {
    for (const timer of talk) clearInterval(timer);
  };
  return {
    links,
    sut,
    nodes,
    hush,
    input: (targets, more = {}) => ({
      targets: nodes.filter(({ id }) => targets.includes(id)),
      others: null,
      params: {},
      sut,
      topics: [],
      links,
      group: null,
      members: [],
      clock: realClock(),
      rng: rngOf('chatty'),
      signal: new AbortController().signal,
      ...more,
    }),
    healAll: async () => {
      for (const one of [LOAD_END, ...NODES]) {
        for (const other of NODES.filter((id) => id !== one)) await links.heal(one, other);
      }
    },
    goAround: async (to) => {
      const straight = dial(
        routes.find((each) => each.from === LOAD_END && each.to === to)!.onward,
      );
      await new Promise((resolve) => straight.once('connect', resolve));
    },
    [Symbol.asyncDispose]: async () => {
      hush();
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      await proxy.close();
    },
  };
}

async function serve(
  at: Endpoint,
  known: (socket: Socket) => Socket,
  answers: boolean,
): Promise<Server> {
  const server = createServer((socket) => {
    known(socket).on('data', () => {
      if (answers) socket.write('answer');
      else socket.end(); // Speaks another language.
    });
  });
  await new Promise<void>((resolve) => server.listen(at.port, at.host, resolve));
  return server;
}

/** What link faults ask of a system: whether a fresh round trip is answered. */
const sutOf = (dial: (at: Endpoint) => Socket): Sut =>
  ({
    kind: 'chatty',
    answers: async () => true,
    speaks: (...[, , at]: [LinkEnd, string, Endpoint, AbortSignal]) =>
      new Promise<boolean>((resolve) => {
        const socket = dial(at);
        const done = (answered: boolean) => (): void => {
          clearTimeout(limit);
          socket.destroy();
          resolve(answered);
        };
        const limit = setTimeout(done(false), TRIP_LIMIT_MS);
        socket.once('data', done(true)).once('close', done(false));
        socket.write('question');
      }),
  }) as unknown as Sut;
