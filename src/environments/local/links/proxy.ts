import { createServer, type Server } from 'node:net';
import { HighwaterError } from '../../../core/errors.ts';
import { rngOf } from '../../../core/rng.ts';
import { showEndpoint } from '../../endpoint.ts';
import type { LinkEnd, LinkLook, LinkState } from '../../links.ts';
import { type Directions, Joint } from './joint.ts';
import { LinkDirection, OPEN } from './link-direction.ts';
import type { Route } from './link-routes.ts';

/** All links of a run: listens for every route, and carries what comes. */
export interface Proxy {
  set(from: LinkEnd, to: LinkEnd, change: Partial<LinkState>): void;
  heal(one: LinkEnd, other: LinkEnd): void;
  reset(one: LinkEnd, other: LinkEnd): number;
  look(from: LinkEnd, to: LinkEnd): LinkLook;
  close(): void;
}

/** Listens for all routes; throws, and listens for none, when an address of one is taken. */
export async function openProxy(routes: readonly Route[]): Promise<Proxy> {
  const links = new Links();
  const servers: Server[] = [];
  const close = (): void => {
    for (const server of servers) server.close();
    links.close();
  };
  try {
    for (const route of routes) servers.push(await links.listen(route));
  } catch (thrown) {
    close();
    throw thrown;
  }
  return {
    set: (from, to, change) => links.set(from, to, change),
    heal: (one, other) => {
      links.set(one, other, OPEN);
      links.set(other, one, OPEN);
    },
    reset: (one, other) => links.reset(one, other),
    look: (from, to) => links.look(from, to),
    close,
  };
}

class Links {
  readonly #directions = new Map<string, LinkDirection>();
  readonly #joints = new Set<Joint>();

  listen(route: Route): Promise<Server> {
    const directions = {
      out: this.#directionOf(route.from, route.to),
      back: this.#directionOf(route.to, route.from),
    };
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const joint: Joint = new Joint(socket, {
        route,
        directions,
        gone: () => this.#joints.delete(joint),
      });
      this.#joints.add(joint);
    });
    return listening(server, route);
  }

  set(from: LinkEnd, to: LinkEnd, change: Partial<LinkState>): void {
    this.#known(from, to).set(change);
    for (const joint of this.#between(from, to)) joint.advance();
  }

  reset(one: LinkEnd, other: LinkEnd): number {
    this.#known(one, other);
    const joints = this.#between(one, other);
    for (const joint of joints) joint.reset();
    return joints.length;
  }

  look(from: LinkEnd, to: LinkEnd): LinkLook {
    const { state, passedBytes, heldBytes } = this.#known(from, to);
    const connections = this.#between(from, to).filter(({ isThrough }) => isThrough).length;
    return { state, connections, passedBytes, heldBytes };
  }

  close(): void {
    for (const joint of this.#joints) joint.reset();
  }

  #between(one: LinkEnd, other: LinkEnd): readonly Joint[] {
    return [...this.#joints].filter(
      ({ route: { from, to } }) => (from === one && to === other) || (from === other && to === one),
    );
  }

  #directionOf(from: LinkEnd, to: LinkEnd): Directions['out'] {
    const name = nameOf(from, to);
    const direction =
      this.#directions.get(name) ??
      new LinkDirection(rngOf(`jitter of ${name}`), () => performance.now());
    this.#directions.set(name, direction);
    return direction;
  }

  #known(from: LinkEnd, to: LinkEnd): LinkDirection {
    const direction = this.#directions.get(nameOf(from, to));
    if (direction !== undefined) return direction;
    throw new HighwaterError('BUG', `bug in highwater: no link ${nameOf(from, to)} was reserved`);
  }
}

const nameOf = (from: LinkEnd, to: LinkEnd): string => `${from}→${to}`;

function listening(server: Server, { from, to, port, at }: Route): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const what = `no link ${nameOf(from, to)} for port "${port}" at ${showEndpoint(at)}`;
      const message = `${what}: ${cause.message}`;
      reject(new HighwaterError('ENV_NOT_READY', message, { cause }));
    });
    server.listen({ host: at.host, port: at.port, exclusive: true }, () => resolve(server));
  });
}
