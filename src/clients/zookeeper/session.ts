import { connect, type Socket } from 'node:net';
import { HighwaterError } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import type { ServerAddress } from './four-letter-words.ts';
import { JuteReader, JuteWriter } from './jute.ts';

/**
 * A reading session with one server of an ensemble, and with no other: it never moves on, so that
 * what it reads is what that server has. It lives for a moment and sends no pings. Opening and
 * closing it are transactions of the ensemble (two zxids); reading is none.
 */
export interface ZooKeeperSession extends AsyncDisposable {
  /** `0x…`, as `dump` shows it. */
  readonly id: string;
  /** Data and state of a node; null when there is none. */
  get(path: string): Promise<ZNode | null>;
  /** Names of its children, in no order; empty when there is no such node. */
  children(path: string): Promise<readonly string[]>;
  /** Sends any request; gives what follows the header of its reply, or throws on an error. */
  call(type: number, body: (writer: JuteWriter) => JuteWriter): Promise<JuteReader>;
}

/** One node of the data tree. */
export interface ZNode {
  readonly data: Buffer;
  readonly stat: ZStat;
}

/** A node's state; zxids and times are the same on every replica. */
export interface ZStat {
  readonly czxid: bigint;
  readonly mzxid: bigint;
  readonly ctime: bigint;
  readonly mtime: bigint;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  /** 0 for a node that is not ephemeral. */
  readonly ephemeralOwner: bigint;
  readonly pzxid: bigint;
}

/** Operations of ZooKeeper's ZooDefs.OpCode that are used here. */
const OP = { getData: 4, getChildren: 12, closeSession: -11 } as const;
/** KeeperException.Code.NONODE. */
const NO_NODE = -101;
/** Asked for; a session is closed long before. */
const SESSION_TIMEOUT_MS = 10_000;
const CALL_LIMIT = ms(3_000);

/** Opens a session with exactly this server. */
export async function openSession(
  at: ServerAddress,
  signal: AbortSignal,
): Promise<ZooKeeperSession> {
  const frames = await openFrames(at, signal);
  try {
    const request = new JuteWriter().int(0).long(0n).int(SESSION_TIMEOUT_MS).long(0n);
    frames.send(request.buffer(Buffer.alloc(16)).boolean(false).frame());
    const reply = new JuteReader(await frames.next());
    reply.int(); // protocol version
    const granted = reply.int();
    const id = `0x${BigInt.asUintN(64, reply.long()).toString(16)}`;
    if (granted <= 0) throw frames.failed('the server refused the session');
    return sessionOver(frames, id);
  } catch (thrown) {
    frames.close();
    throw thrown;
  }
}

function sessionOver(frames: Frames, id: string): ZooKeeperSession {
  let xid = 0;
  // Replies come in the order of requests.
  let last: Promise<unknown> = Promise.resolve();
  const exchange = (
    type: number,
    body: (writer: JuteWriter) => JuteWriter,
  ): Promise<{ error: number; reader: JuteReader }> => {
    xid += 1;
    const mine = xid;
    frames.send(body(new JuteWriter().int(mine).int(type)).frame());
    const reply = last.then(async () => {
      const reader = new JuteReader(await frames.next());
      const theirs = reader.int();
      reader.long(); // zxid
      if (theirs !== mine) throw frames.failed(`reply ${theirs} to request ${mine}`);
      return { error: reader.int(), reader };
    });
    last = reply;
    reply.catch(() => {}); // Told to whoever asked.
    return reply;
  };
  const read = async <T>(type: number, path: string, found: (reader: JuteReader) => T) => {
    const { error, reader } = await exchange(type, (w) => w.string(path).boolean(false));
    if (error === NO_NODE) return null;
    if (error !== 0) throw frames.failed(`error ${error} for ${path}`);
    return found(reader);
  };
  return {
    id,
    get: (path) =>
      read(OP.getData, path, (reader) => ({ data: reader.buffer(), stat: statOf(reader) })),
    children: async (path) => (await read(OP.getChildren, path, (r) => r.strings())) ?? [],
    async call(type, body) {
      const { error, reader } = await exchange(type, body);
      if (error !== 0) throw frames.failed(`error ${error} to request of type ${type}`);
      return reader;
    },
    async [Symbol.asyncDispose]() {
      // Answered or not: a session that is not closed ends by its time-out.
      await exchange(OP.closeSession, (writer) => writer).catch(() => {});
      frames.close();
    },
  };
}

const statOf = (reader: JuteReader): ZStat => {
  const [czxid, mzxid, ctime, mtime] = [reader.long(), reader.long(), reader.long(), reader.long()];
  const [version, cversion, aversion] = [reader.int(), reader.int(), reader.int()];
  const ephemeralOwner = reader.long();
  reader.int(); // length of the data
  reader.int(); // number of children
  const pzxid = reader.long();
  return { czxid, mzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner, pzxid };
};

/** A connection cut into frames. */
interface Frames {
  send(frame: Buffer): void;
  next(): Promise<Buffer>;
  failed(why: string): HighwaterError;
  close(): void;
}

async function openFrames(at: ServerAddress, signal: AbortSignal): Promise<Frames> {
  signal.throwIfAborted();
  const failed = (why: string): HighwaterError =>
    new HighwaterError('CLIENT_FAILED', `session with ${at.host}:${at.port}: ${why}`);
  const socket = connect(at.port, at.host);
  const onAbort = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAbort));
  // Its failures reach us through the frames; without a listener node would end the process.
  socket.on('error', () => {});
  const incoming = framesOf(socket);
  const limited = async <T>(what: string, promise: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => socket.destroy(failed(`${what} took too long`)), CALL_LIMIT);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    send: (frame) => void socket.write(frame),
    next: () =>
      limited('the reply', incoming.next()).then((frame) => {
        if (frame.done === true) throw failed('the server closed the connection');
        return frame.value;
      }),
    failed,
    close: () => void socket.destroy(),
  };
}

async function* framesOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      yield rest.subarray(4, end);
      rest = rest.subarray(end);
    }
  }
  return undefined;
}
