/**
 * Frames on a TCP connection to a broker: a length, a correlation id, a body. Several requests can
 * be under way at once; each has a limit. A connection that is late with an answer, or answers
 * rubbish, is closed and all that waits on it fails: whoever asked opens another one.
 */
import { connect } from 'node:net';
import type { Clock } from '../../../core/clock.ts';
import { messageOf } from '../../../core/errors.ts';
import type { Span } from '../../../core/time.ts';
import { showSpan } from '../../../core/units.ts';
import { byteReader } from './byte-reader.ts';
import { byteWriter } from './byte-writer.ts';
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

export interface Wire {
  /** `127.0.0.1:9092`, for messages. */
  readonly name: string;
  readonly usable: boolean;
  /** Sends one request and gives its answer. Rejects when the signal aborts. */
  roundTrip<Ask, Answer>(
    kind: RequestKind<Ask, Answer>,
    call: { readonly ask: Ask; readonly version: number },
    signal: AbortSignal,
  ): Promise<Answer>;
  /** Closes; everything under way fails with this reason. */
  fail(reason: Error): void;
}

/** Far above any answer to our requests; a longer frame does not come from a Kafka broker. */
const FRAME_BYTES_MAX = 1024 * 1024 * 1024;

interface Pending {
  resolve(body: Buffer): void;
  reject(reason: Error): void;
}

/** Starts connecting; requests made meanwhile are sent as soon as it is done. */
export function openWire(address: Address, options: WireOptions): Wire {
  const name = `${address.host}:${address.port}`;
  const pending = new Map<number, Pending>();
  let failure: Error | undefined;
  let lastId = 0;
  const socket = connect({ ...address, noDelay: true });

  const fail = (reason: Error): void => {
    if (failure !== undefined) return;
    failure = reason;
    socket.destroy();
    for (const waiting of pending.values()) waiting.reject(reason);
    pending.clear();
  };
  socket.on('error', (error) => fail(new PassingTrouble(`${name}: ${messageOf(error)}`)));
  socket.on('close', () => fail(new PassingTrouble(`${name}: the broker closed the connection`)));
  socket.on(
    'data',
    frames((frame) => {
      const id = frame.readInt32BE(0);
      // An answer that nobody waits for any more belongs to a request that was aborted.
      pending.get(id)?.resolve(frame.subarray(4));
    }, fail),
  );

  const send = (
    key: number,
    version: number,
    body: Buffer,
  ): { id: number; done: Promise<Buffer> } => {
    lastId = (lastId + 1) % 0x7fff_ffff;
    const id = lastId;
    const head = byteWriter().int16(key).int16(version).int32(id).string(options.clientId).done();
    const done = new Promise<Buffer>((resolve, reject) => pending.set(id, { resolve, reject }));
    socket.write(
      byteWriter()
        .int32(head.length + body.length)
        .bytes(head)
        .bytes(body)
        .done(),
    );
    return { id, done };
  };

  const roundTrip: Wire['roundTrip'] = async (kind, { ask, version }, signal) => {
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    const { id, done } = send(kind.key, version, kind.write(ask, version));
    const onAbort = (): void => pending.get(id)?.reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    const limit = new AbortController();
    const { clock, requestTimeout } = options;
    clock.sleep(requestTimeout, limit.signal).then(
      () =>
        fail(
          new PassingTrouble(`${name}: no answer to ${kind.name} in ${showSpan(requestTimeout)}`),
        ),
      () => {}, // the answer was there first
    );
    try {
      return decode(kind, version, await done);
    } catch (thrown) {
      if (thrown instanceof Unreadable) {
        fail(new PassingTrouble(`${name}: ${thrown.message}`));
        throw failure;
      }
      throw thrown;
    } finally {
      pending.delete(id);
      limit.abort(new Error('the request ended'));
      signal.removeEventListener('abort', onAbort);
    }
  };
  return {
    name,
    get usable() {
      return failure === undefined;
    },
    roundTrip,
    fail,
  };
}

/** An answer whose bytes are not what the protocol says. */
class Unreadable extends Error {}

function decode<Ask, Answer>(
  kind: RequestKind<Ask, Answer>,
  version: number,
  body: Buffer,
): Answer {
  try {
    return kind.read(byteReader(body), version);
  } catch (thrown) {
    throw new Unreadable(`answer to ${kind.name} v${version} unreadable: ${messageOf(thrown)}`);
  }
}

/** Cuts what arrives into frames, however it was cut on its way. */
function frames(
  onFrame: (frame: Buffer) => void,
  fail: (reason: Error) => void,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let have = 0;
  let want = 4;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= want) {
      // A frame of many chunks is put together once, when it is whole.
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, have);
      chunks = [bytes];
      const length = bytes.readInt32BE(0);
      if (length < 4 || length > FRAME_BYTES_MAX) {
        fail(new PassingTrouble(`a frame of ${length} bytes: no Kafka broker`));
        return;
      }
      want = 4 + length;
      if (have < want) return;
      onFrame(bytes.subarray(4, want));
      chunks = have > want ? [bytes.subarray(want)] : [];
      have -= want;
      want = 4;
    }
  };
}
