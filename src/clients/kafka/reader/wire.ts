/**
 * Requests and answers on a TCP connection to a broker, told apart by a correlation id. Several can
 * be under way at once; each has a limit. A connection that is late with an answer, or answers
 * rubbish, is closed and all that waits on it fails: whoever asked opens another one.
 */
import { connect, type Socket } from 'node:net';
import type { Clock } from '../../../core/clock.ts';
import { messageOf } from '../../../core/errors.ts';
import type { Span } from '../../../core/time.ts';
import { showSpan } from '../../../core/units.ts';
import { untilAborted } from '../../../core/until-aborted.ts';
import { byteReader } from './byte-reader.ts';
import { byteWriter } from './byte-writer.ts';
import { cutFrames } from './frames.ts';
import { PassingTrouble } from './protocol-errors.ts';
import type { RequestKind } from './requests.ts';

/** What all connections of a reader share. */
export interface WireOptions {
  readonly clientId: string;
  readonly clock: Clock;
  /** The limit of one request, connecting included. */
  readonly requestTimeout: Span;
}

/** Where a broker listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Pending {
  resolve(body: Buffer): void;
  reject(reason: Error): void;
}

/** A connection. It connects when made; what is asked meanwhile is sent as soon as it is there. */
export class Wire {
  /** `127.0.0.1:9092`, for messages. */
  readonly name: string;
  readonly #options: WireOptions;
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #failure: Error | undefined;
  #lastId = 0;

  constructor(address: Address, options: WireOptions) {
    this.name = `${address.host}:${address.port}`;
    this.#options = options;
    this.#socket = connect({ ...address, noDelay: true });
    this.#socket.on('error', (error) => this.fail(this.#trouble(messageOf(error))));
    this.#socket.on('close', () => this.fail(this.#trouble('the broker closed the connection')));
    const cut = cutFrames({
      // An answer that nobody waits for any more belongs to a request that was aborted.
      frame: (bytes) => this.#pending.get(bytes.readInt32BE(0))?.resolve(bytes.subarray(4)),
      broken: (why) => this.fail(this.#trouble(why)),
    });
    this.#socket.on('data', cut);
  }

  /** False once it failed or was closed. */
  get usable(): boolean {
    return this.#failure === undefined;
  }

  /** Closes; everything under way fails with this reason. */
  fail(reason: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#socket.destroy();
    for (const waiting of this.#pending.values()) waiting.reject(reason);
    this.#pending.clear();
  }

  /** Sends one request and gives its answer. Rejects when the signal aborts. */
  async roundTrip<Ask, Answer>(
    kind: RequestKind<Ask, Answer>,
    { ask, version }: { readonly ask: Ask; readonly version: number },
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    const { id, done } = this.#send(kind.key, version, kind.write(ask, version));
    const limit = new AbortController();
    this.#limit(kind.name, limit.signal);
    try {
      return this.#decode(kind, version, await untilAborted(done, signal));
    } finally {
      this.#pending.delete(id);
      limit.abort(new Error('the request ended'));
    }
  }

  #send(key: number, version: number, body: Buffer): { id: number; done: Promise<Buffer> } {
    this.#lastId = (this.#lastId + 1) % 0x7fff_ffff;
    const id = this.#lastId;
    const { clientId } = this.#options;
    const head = byteWriter().int16(key).int16(version).int32(id).string(clientId).done();
    const done = new Promise<Buffer>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    this.#socket.write(
      byteWriter()
        .int32(head.length + body.length)
        .bytes(head)
        .bytes(body)
        .done(),
    );
    return { id, done };
  }

  /** Fails the connection when the request takes too long; the signal aborts when it ended. */
  #limit(request: string, ended: AbortSignal): void {
    const { clock, requestTimeout } = this.#options;
    clock.sleep(requestTimeout, ended).then(
      () => this.fail(this.#trouble(`no answer to ${request} in ${showSpan(requestTimeout)}`)),
      () => {}, // the answer was there first
    );
  }

  #decode<Ask, Answer>(kind: RequestKind<Ask, Answer>, version: number, body: Buffer): Answer {
    try {
      return kind.read(byteReader(body), version);
    } catch (thrown) {
      const what = `answer to ${kind.name} v${version} unreadable: ${messageOf(thrown)}`;
      const trouble = this.#trouble(what);
      this.fail(trouble);
      throw trouble;
    }
  }

  #trouble(what: string): PassingTrouble {
    return new PassingTrouble(`${this.name}: ${what}`);
  }
}
