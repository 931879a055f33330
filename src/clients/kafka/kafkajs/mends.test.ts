import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { mendKafkajs } from './mends.ts';

const load = createRequire(import.meta.url);

const { KafkaJSProtocolError } = load('kafkajs/src/errors') as {
  KafkaJSProtocolError: new (error: object) => Error;
};

interface Connection {
  connect(): Promise<unknown>;
  send(what: object): Promise<unknown>;
  isConnected(): boolean;
}

/** A question that is sent as it is; what an answer would look like does not matter. */
const QUESTION = { apiKey: 18, apiVersion: 0, apiName: 'ApiVersions', encode: () => new Encoder() };
const Encoder = load('kafkajs/src/protocol/encoder') as new () => object;

function connectionTo(port: number): Connection {
  const log = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => log };
  const Connection = load('kafkajs/src/network/connection') as new (of: object) => Connection;
  return new Connection({
    ...{ host: '127.0.0.1', port, logger: log, clientId: 'c', rack: null, ssl: null, sasl: null },
    ...{ connectionTimeout: 1_000, requestTimeout: 100, enforceRequestTimeout: true },
    socketFactory: (of: { host: string; port: number; onConnect: () => void }) =>
      connect({ host: of.host, port: of.port }, of.onConnect),
  });
}

interface Group {
  heartbeat(options: { readonly interval: number }): Promise<void>;
}

describe('kafkajs, mended', () => {
  it('joins again when a member without an id would go on reading', async () => {
    mendKafkajs();
    const { prototype } = load('kafkajs/src/consumer/consumerGroup') as { prototype: Group };
    const { isRebalancing } = load('kafkajs/src/errors') as {
      isRebalancing(error: unknown): boolean;
    };
    const forgotten = Object.assign(Object.create(prototype) as Group, { memberId: null });
    const told = await forgotten.heartbeat({ interval: 1_000 }).then(
      () => 'nothing',
      (thrown: unknown) => thrown,
    );
    expect(isRebalancing(told)).toBe(true);
  });

  it('commits to the coordinator of today after that of old refused', async () => {
    mendKafkajs();
    const asked: string[] = [];
    const coordinator = (name: string, refusal?: Error) => ({
      isConnected: () => true,
      offsetCommit: async () => {
        asked.push(name);
        if (refusal !== undefined) throw refusal;
      },
    });
    const refusal = new KafkaJSProtocolError({ type: 'NOT_COORDINATOR_FOR_GROUP', code: 16 });
    const OffsetManager = load('kafkajs/src/consumer/offsetManager') as new (
      of: object,
    ) => {
      commitOffsets(offsets: object): Promise<void>;
    };
    const offsets = new OffsetManager({
      cluster: {
        refreshMetadata: async () => {},
        committedOffsets: () => ({}),
        findGroupCoordinator: async () => coordinator('today'),
      },
      coordinator: coordinator('of old', refusal),
      memberAssignment: { t: [0] },
      instrumentationEmitter: { emit() {} },
      ...{ groupId: 'g', generationId: 1, memberId: 'm' },
    });
    const commit = () =>
      offsets.commitOffsets({
        topics: [{ topic: 't', partitions: [{ partition: 0, offset: '1' }] }],
      });
    await expect(commit()).rejects.toBe(refusal);
    await commit();
    expect(asked).toEqual(['of old', 'today']);
  });

  it('gives up a connection on which nobody answers, and connects anew for the next question', async () => {
    mendKafkajs();
    const arrived: Socket[] = [];
    await using server = createServer((socket) => arrived.push(socket.resume())).listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connection = connectionTo(port);
    for (const times of [1, 2]) {
      await connection.connect();
      const asked = connection.send({ request: QUESTION, response: {} });
      await expect(asked).rejects.toThrow(/timed out/);
      await vi.waitFor(() => expect(connection.isConnected()).toBe(false));
      await vi.waitFor(() =>
        expect(arrived.map((each) => each.closed)).toEqual(Array(times).fill(true)),
      );
    }
  });

  it('is mended once, however many clients there are', () => {
    const { prototype } = load('kafkajs/src/consumer/consumerGroup') as { prototype: Group };
    mendKafkajs();
    const { heartbeat } = prototype;
    mendKafkajs();
    expect(prototype.heartbeat).toBe(heartbeat);
  });
});
