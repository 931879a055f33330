import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { type ByteWriter, byteWriter } from '../reader/byte-writer.ts';

/** What a mute broker answers before it falls silent. */
export type MuteAfter = 'nothing' | 'metadata';

/** A broker for tests that takes every connection and leaves requests without an answer. */
export interface MuteBroker extends AsyncDisposable {
  readonly address: string;
  /** Keys of the requests that came, in order. */
  readonly asked: readonly number[];
  /** Connections that are open now. */
  readonly open: number;
}

const PRODUCE = 0;
const METADATA = 3;
const API_VERSIONS = 18;

/**
 * Starts one on a free port; after `metadata` it leads partition 0 of every topic it is asked for.
 */
export async function muteBroker(muteAfter: MuteAfter): Promise<MuteBroker> {
  const asked: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let buffered = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
        const frame = buffered.subarray(4, 4 + buffered.readInt32BE(0));
        buffered = buffered.subarray(4 + frame.length);
        const key = frame.readInt16BE(0);
        asked.push(key);
        if (muteAfter === 'metadata') answer(socket, frame, portOf(server));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${portOf(server)}`,
    asked,
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Answers ApiVersions and Metadata in the versions that it says it speaks, and nothing else. */
function answer(socket: Socket, frame: Buffer, port: number): void {
  const key = frame.readInt16BE(0);
  const version = frame.readInt16BE(2);
  const writer = byteWriter().int32(frame.readInt32BE(4));
  if (key === API_VERSIONS && version <= 2) {
    const spoken = [
      [PRODUCE, 3, 3],
      [METADATA, 4, 4],
      [API_VERSIONS, 0, 2],
    ] as const;
    writer.int16(0);
    writer.array(spoken, (api) => api.forEach((number) => void writer.int16(number)));
    if (version > 0) writer.int32(0);
  } else if (key === METADATA && version === 4) {
    metadata(writer, topicsIn(frame), port);
  } else return;
  const body = writer.done();
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  socket.write(Buffer.concat([size, body]));
}

/** Topic names of a Metadata v4 request: after the header with its client id. */
function topicsIn(frame: Buffer): readonly string[] {
  let at = 10 + frame.readInt16BE(8);
  const names = Array.from({ length: frame.readInt32BE(at) }, () => '');
  at += 4;
  return names.map(() => {
    const length = frame.readInt16BE(at);
    at += 2 + length;
    return frame.toString('utf8', at - length, at);
  });
}

function metadata(writer: ByteWriter, topics: readonly string[], port: number): void {
  writer.int32(0); // throttle time
  writer.array([1], (id) => {
    writer.int32(id).string('127.0.0.1').int32(port).string(null);
  });
  writer.string(null).int32(1); // no cluster id; the controller
  writer.array(topics, (topic) => {
    writer.int16(0).string(topic).int8(0);
    writer.array([0], (partition) => {
      writer.int16(0).int32(partition).int32(1);
      writer.array([1], (replica) => void writer.int32(replica));
      writer.array([1], (replica) => void writer.int32(replica));
    });
  });
}
