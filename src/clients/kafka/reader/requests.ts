/**
 * The four requests that a reader needs, in versions without flexible fields that brokers from
 * 0.11 (Fetch v4) to 4.x speak: KIP-896 removed Fetch below v4 and ListOffsets v0 from 4.0, and
 * kept these. Metadata is asked from v4 on, because older versions create the topics asked for.
 */
import type { TopicPartition } from '../../../record/names.ts';
import type { ByteReader } from './byte-reader.ts';
import { type ByteWriter, byteWriter } from './byte-writer.ts';

/** One kind of request: its number, the versions written here, body and answer. */
export interface RequestKind<Ask, Answer> {
  readonly name: string;
  readonly key: number;
  readonly versions: readonly [lowest: number, highest: number];
  write(ask: Ask, version: number): Buffer;
  read(reader: ByteReader, version: number): Answer;
}

/** Which versions of which request a broker speaks. */
export interface ApiVersionsAnswer {
  readonly error: number;
  readonly ranges: ReadonlyMap<number, readonly [lowest: number, highest: number]>;
}

/** Asks which versions the broker speaks; v0 is understood by all. */
export const apiVersions: RequestKind<null, ApiVersionsAnswer> = {
  name: 'ApiVersions',
  key: 18,
  versions: [0, 0],
  write: () => byteWriter().done(),
  read: (reader) => ({
    error: reader.int16(),
    ranges: new Map(
      times(reader.count(6), () => [reader.int16(), [reader.int16(), reader.int16()] as const]),
    ),
  }),
};

/** Who is there, and who leads what. */
export interface MetadataAnswer {
  readonly brokers: readonly {
    readonly id: number;
    readonly host: string;
    readonly port: number;
  }[];
  readonly topics: readonly {
    readonly error: number;
    readonly name: string;
    readonly partitions: readonly {
      readonly error: number;
      readonly index: number;
      readonly leader: number;
      /** −1 where the broker does not tell (before v7). */
      readonly leaderEpoch: number;
    }[];
  }[];
}

/** Asks about topics by name; never creates one. */
export const metadata: RequestKind<readonly string[], MetadataAnswer> = {
  name: 'Metadata',
  key: 3,
  versions: [4, 7],
  write: (topics) => {
    const writer = byteWriter();
    writer.array(topics, (topic) => writer.string(topic));
    return writer.int8(0).done(); // never create a topic by asking for it
  },
  read: (reader, version) => {
    reader.int32(); // throttle time
    const brokers = times(reader.count(10), () => {
      const broker = { id: reader.int32(), host: reader.string(), port: reader.int32() };
      reader.nullableString(); // rack
      return broker;
    });
    reader.nullableString(); // cluster id
    reader.int32(); // controller
    const topics = times(reader.count(9), () => {
      const error = reader.int16();
      const name = reader.string();
      reader.int8(); // internal or not
      return {
        error,
        name,
        partitions: times(reader.count(18), () => partitionOf(reader, version)),
      };
    });
    return { brokers, topics };
  },
};

function partitionOf(
  reader: ByteReader,
  version: number,
): MetadataAnswer['topics'][number]['partitions'][number] {
  const error = reader.int16();
  const index = reader.int32();
  const leader = reader.int32();
  const leaderEpoch = version >= 7 ? reader.int32() : -1;
  times(reader.count(4), () => reader.int32()); // replicas
  times(reader.count(4), () => reader.int32()); // in-sync replicas
  if (version >= 5) times(reader.count(4), () => reader.int32()); // offline replicas
  return { error, index, leader, leaderEpoch };
}

/** Which end of which log. */
export interface ListOffsetsAsk extends TopicPartition {
  readonly leaderEpoch: number;
  readonly at: 'earliest' | 'latest';
  readonly committedOnly: boolean;
}

/** `latest` is the high watermark, or the last stable offset when only what is committed counts. */
export const listOffsets: RequestKind<ListOffsetsAsk, { error: number; offset: bigint }> = {
  name: 'ListOffsets',
  key: 2,
  versions: [2, 5], // the isolation level came with v2
  write: (ask, version) => {
    const writer = byteWriter()
      .int32(-1)
      .int8(ask.committedOnly ? 1 : 0);
    return onePartition(writer, ask, () => {
      if (version >= 4) writer.int32(ask.leaderEpoch);
      writer.int64(ask.at === 'earliest' ? -2n : -1n);
    }).done();
  },
  read: (reader, version) => {
    reader.int32(); // throttle time
    const [answer] = partitionsOf(reader, 22, () => {
      reader.int32(); // partition
      const error = reader.int16();
      reader.int64(); // timestamp
      const offset = reader.int64();
      if (version >= 4) reader.int32(); // leader epoch
      return { error, offset };
    });
    return answer ?? { error: -1, offset: -1n };
  },
};

/** Where to fetch from, and how much at most. */
export interface FetchAsk extends TopicPartition {
  readonly leaderEpoch: number;
  readonly offset: bigint;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

/** Record batches, or an error code. */
export interface FetchAnswer {
  readonly error: number;
  readonly highWatermark: bigint;
  /** −1 where the broker does not tell (before v5). */
  readonly logStart: bigint;
  readonly bytes: Uint8Array;
}

/** One partition, uncommitted records included, outside of any fetch session (KIP-227). */
export const fetch: RequestKind<FetchAsk, FetchAnswer> = {
  name: 'Fetch',
  key: 1,
  versions: [4, 11],
  write: (ask, version) => {
    const writer = byteWriter();
    writer.int32(-1).int32(ask.maxWaitMs).int32(1).int32(ask.maxBytes).int8(0);
    if (version >= 7) writer.int32(0).int32(-1);
    onePartition(writer, ask, () => {
      if (version >= 9) writer.int32(ask.leaderEpoch);
      writer.int64(ask.offset);
      if (version >= 5) writer.int64(-1n); // log start offset: a follower's business
      writer.int32(ask.maxBytes);
    });
    if (version >= 7) writer.int32(0); // forgotten partitions
    if (version >= 11) writer.string(''); // rack
    return writer.done();
  },
  read: (reader, version) => {
    reader.int32(); // throttle time
    const error = version >= 7 ? reader.int16() : 0;
    if (version >= 7) reader.int32(); // session
    const [answer] = partitionsOf(reader, 26, () => fetchedPartition(reader, version));
    const nothing = { error: -1, highWatermark: -1n, logStart: -1n, bytes: new Uint8Array() };
    return { ...(answer ?? nothing), ...(error === 0 ? {} : { error }) };
  },
};

function fetchedPartition(reader: ByteReader, version: number): FetchAnswer {
  reader.int32(); // partition
  const error = reader.int16();
  const highWatermark = reader.int64();
  reader.int64(); // last stable offset
  const logStart = version >= 5 ? reader.int64() : -1n;
  // The broker's list of aborted transactions: the log itself is the judge (visible-committed.ts).
  times(reader.count(16), () => [reader.int64(), reader.int64()]);
  if (version >= 11) reader.int32(); // preferred read replica
  const length = reader.int32();
  return { error, highWatermark, logStart, bytes: reader.take(Math.max(0, length)) };
}

/** The nesting of topics and partitions, around the one partition that is asked for. */
function onePartition(writer: ByteWriter, of: TopicPartition, write: () => void): ByteWriter {
  writer.int32(1).string(of.topic).int32(1).int32(of.partition);
  write();
  return writer;
}

function partitionsOf<T>(reader: ByteReader, itemBytes: number, read: () => T): T[] {
  return times(reader.count(6), () => {
    reader.string(); // topic
    return times(reader.count(itemBytes), read);
  }).flat();
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
