import { createServer, type Socket } from 'node:net';
import { type ByteReader, byteReader } from '../byte-reader.ts';
import { type ByteWriter, byteWriter } from '../byte-writer.ts';

/** A fetch as it came in. */
export interface FakeFetch {
  readonly version: number;
  readonly leaderEpoch: number;
  readonly offset: bigint;
  readonly maxBytes: number;
}

/** What to answer a fetch with. */
export interface FakeFetched {
  readonly error?: number;
  readonly highWatermark?: bigint;
  readonly bytes?: Uint8Array;
}

/** How the broker behaves; each may be changed while it runs. */
export interface FakeBehaviour {
  fetch(ask: FakeFetch): FakeFetched | 'hang' | 'close' | 'rubbish';
  /** Leader of the one partition; −1 for none. */
  leader: number;
  leaderEpoch: number;
  topicError: number;
  /** Version ranges by API key, as ApiVersions tells them. */
  versions: Record<number, readonly [lowest: number, highest: number]>;
  start: bigint;
  end: bigint;
  stable: bigint;
}

/** A broker of one partition, `orders-0`, on a loopback port; it answers what a test tells it. */
export interface FakeBroker extends AsyncDisposable {
  readonly address: string;
  readonly asked: string[];
  behaviour: FakeBehaviour;
}

/** Starts listening. The broker's node id is 1; other nodes do not exist. */
export async function fakeBroker(behaviour: Partial<FakeBehaviour> = {}): Promise<FakeBroker> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // the reader hangs up when it is done
    let buffered: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
        const end = 4 + buffered.readInt32BE(0);
        answer(socket, byteReader(buffered.subarray(4, end)), { broker, port: port() });
        buffered = buffered.subarray(end);
      }
    });
  });
  const port = (): number => (server.address() as { port: number }).port;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const broker: FakeBroker = {
    address: `127.0.0.1:${port()}`,
    asked,
    behaviour: {
      fetch: () => ({ highWatermark: 0n }),
      leader: 1,
      leaderEpoch: 3,
      topicError: 0,
      versions: { 1: [4, 17], 2: [1, 10], 3: [0, 13], 18: [0, 4] },
      start: 0n,
      end: 0n,
      stable: 0n,
      ...behaviour,
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return broker;
}

function answer(
  socket: Socket,
  ask: ByteReader,
  { broker, port }: { broker: FakeBroker; port: number },
): void {
  const [key, version, id] = [ask.int16(), ask.int16(), ask.int32()];
  ask.nullableString(); // client id
  const body = byteWriter().int32(id);
  const send = (): void => {
    const frame = body.done();
    socket.write(byteWriter().int32(frame.length).bytes(frame).done());
  };
  const { behaviour } = broker;
  if (key === 18) {
    broker.asked.push('ApiVersions');
    body.int16(0).array(Object.entries(behaviour.versions), ([api, [lowest, highest]]) => {
      body.int16(Number(api)).int16(lowest).int16(highest);
    });
    send();
  } else if (key === 3) {
    broker.asked.push(`Metadata v${version}`);
    writeMetadata(body, version, { behaviour, port });
    send();
  } else if (key === 2) writeOffset(body, version, { ask, broker, send });
  else answerFetch(socket, body, { ask, version, broker, send });
}

function writeMetadata(
  body: ByteWriter,
  version: number,
  { behaviour, port }: { behaviour: FakeBehaviour; port: number },
): void {
  body.int32(0).array([1], (id) => body.int32(id).string('127.0.0.1').int32(port).string(null));
  body.string('cluster').int32(1);
  body.array(['orders'], (topic) => {
    body.int16(behaviour.topicError).string(topic).int8(0);
    body.array([0], (partition) => {
      body
        .int16(behaviour.leader < 0 ? 5 : 0)
        .int32(partition)
        .int32(behaviour.leader);
      if (version >= 7) body.int32(behaviour.leaderEpoch);
      for (const nodes of [[1], [1]]) body.array(nodes, (node) => body.int32(node));
      if (version >= 5) body.array([], () => {});
    });
  });
}

type Talk = { ask: ByteReader; broker: FakeBroker; send: () => void };

function writeOffset(body: ByteWriter, version: number, { ask, broker, send }: Talk): void {
  ask.int32(); // replica
  const committedOnly = ask.int8() === 1;
  skipToPartition(ask);
  if (version >= 4) ask.int32(); // leader epoch
  const time = ask.int64();
  const { start, stable, end } = broker.behaviour;
  broker.asked.push(`ListOffsets v${version} ${time}${committedOnly ? ' committed' : ''}`);
  body.int32(0).int32(1).string('orders').int32(1).int32(0).int16(0).int64(-1n);
  body.int64(time === -2n ? start : committedOnly ? stable : end);
  if (version >= 4) body.int32(0);
  send();
}

function answerFetch(
  socket: Socket,
  body: ByteWriter,
  { ask, version, broker, send }: Talk & { version: number },
): void {
  ask.take(17); // replica, wait, sizes, isolation
  if (version >= 7) ask.take(8); // session
  skipToPartition(ask);
  const leaderEpoch = version >= 9 ? ask.int32() : -1;
  const offset = ask.int64();
  if (version >= 5) ask.int64();
  const maxBytes = ask.int32();
  broker.asked.push(`Fetch v${version} at ${offset}`);
  const fetched = broker.behaviour.fetch({ version, leaderEpoch, offset, maxBytes });
  if (fetched === 'hang') return;
  if (fetched === 'close') socket.destroy();
  else if (fetched === 'rubbish') socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  else {
    const { error = 0, highWatermark = -1n, bytes = new Uint8Array() } = fetched;
    body.int32(0);
    if (version >= 7) body.int16(0).int32(0);
    body.int32(1).string('orders').int32(1).int32(0).int16(error).int64(highWatermark).int64(-1n);
    if (version >= 5) body.int64(-1n);
    body.int32(-1); // no list of aborted transactions
    if (version >= 11) body.int32(-1);
    body.int32(bytes.length).bytes(bytes);
    send();
  }
}

function skipToPartition(ask: ByteReader): void {
  ask.int32();
  ask.string();
  ask.take(8);
}
