import { connect, type Socket } from 'node:net';
import { Flow } from './flow.ts';
import type { LinkDirection } from './link-direction.ts';
import type { Route } from './link-routes.ts';
import { resetSocket } from './reset-socket.ts';

/** The two directions of a pair, as seen by the one who opened a connection. */
export interface Directions {
  readonly out: LinkDirection;
  readonly back: LinkDirection;
}

/**
 * One connection that somebody opened through a link. It was accepted; whether it goes on to the
 * other end is up to both directions: as long as it may not, nothing comes through and nobody is
 * refused.
 */
export class Joint {
  readonly route: Route;
  readonly #directions: Directions;
  readonly #client: Socket;
  readonly #gone: () => void;
  readonly #out: Flow;
  #back: Flow | undefined;
  #server: Socket | undefined;
  #isThrough = false;
  #over = false;

  constructor(client: Socket, given: { route: Route; directions: Directions; gone: () => void }) {
    this.route = given.route;
    this.#directions = given.directions;
    this.#gone = given.gone;
    this.#client = client;
    client.setNoDelay(true);
    client.on('error', () => {}); // Told by its close.
    client.once('close', () => this.#closed());
    // Who gives up before anything came through has never been heard of at the other end.
    client.once('end', () => {
      if (!this.#isThrough) this.reset();
    });
    this.#out = new Flow(given.directions.out, client);
    this.advance();
  }

  /** Reaches from end to end now. */
  get isThrough(): boolean {
    return this.#isThrough && !this.#client.closed && this.#server?.closed === false;
  }

  /** Goes on to the other end when it may. */
  advance(): void {
    const { out, back } = this.#directions;
    // Opening takes both directions, as SYN and SYN-ACK do.
    if (this.#server !== undefined || this.#over) return;
    if (out.state.cut || back.state.cut || out.state.blackhole) return;
    const { onward, at } = this.route;
    const server = connect({
      host: onward.host,
      port: onward.port,
      // So that the node that is come to, and whoever looks, can see that it came by this link.
      localAddress: at.host,
      noDelay: true,
      allowHalfOpen: true,
    });
    this.#server = server;
    server.on('error', () => {}); // Told by its close.
    server.once('close', () => this.#closed());
    server.once('connect', () => {
      this.#isThrough = true;
      this.#back = new Flow(this.#directions.back, server);
      this.#back.flowInto(this.#client);
      this.#out.flowInto(server);
    });
  }

  /** Resets both ends at once, whatever the directions say. */
  reset(): void {
    resetSocket(this.#client);
    if (this.#server !== undefined) resetSocket(this.#server);
  }

  #closed(): void {
    // The other end is not there at all: as good as refused.
    if (!this.#isThrough) this.reset();
    if (!this.#client.closed || this.#server?.closed === false || this.#over) return;
    this.#over = true;
    this.#out.drop();
    this.#back?.drop();
    this.#gone();
  }
}
