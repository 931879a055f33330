import type { Completion, ErrorFacts } from '../../core/outcome.ts';

/**
 * What one attempt to produce has taught us, from the error it ended with. An attempt is `fail`
 * only where Kafka refuses a request before it appends anything, or where the request certainly
 * never left this process; everything else may have been appended and is `unknown`. What is not in
 * the table is unknown too: a new error code must never turn into a false claim.
 *
 * The table is for one attempt. A client that resends inside has to give the join of its attempts,
 * which this table cannot know.
 */
export type AttemptClass = 'ok' | 'fail' | 'unknown';

interface Row {
  /** Kafka's name of the error, as in org.apache.kafka.common.protocol.Errors. */
  readonly name: string;
  readonly outcome: AttemptClass;
  /** The producer id or its epoch is of no more use: the session has to end. */
  readonly endsSession?: true;
}

const ROWS: Readonly<Record<number, Row>> = {
  [-1]: { name: 'UNKNOWN_SERVER_ERROR', outcome: 'unknown' },
  // Validated by the leader before it appends.
  2: { name: 'CORRUPT_MESSAGE', outcome: 'fail' },
  10: { name: 'MESSAGE_TOO_LARGE', outcome: 'fail' },
  21: { name: 'INVALID_REQUIRED_ACKS', outcome: 'fail' },
  29: { name: 'TOPIC_AUTHORIZATION_FAILED', outcome: 'fail' },
  30: { name: 'GROUP_AUTHORIZATION_FAILED', outcome: 'fail' },
  31: { name: 'CLUSTER_AUTHORIZATION_FAILED', outcome: 'fail' },
  32: { name: 'INVALID_TIMESTAMP', outcome: 'fail' },
  53: { name: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', outcome: 'fail' },
  87: { name: 'INVALID_RECORD', outcome: 'fail' },
  // acks=all: the leader compares the ISR with min.insync.replicas before the append …
  19: { name: 'NOT_ENOUGH_REPLICAS', outcome: 'fail' },
  // … and once more after it; then the records are in its log already.
  20: { name: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', outcome: 'unknown' },
  // Can come after the append, when leadership moves while replication is waited for (KAFKA-13574).
  6: { name: 'NOT_LEADER_OR_FOLLOWER', outcome: 'unknown' },
  // Appended by the leader, not confirmed by its followers in time.
  7: { name: 'REQUEST_TIMED_OUT', outcome: 'unknown' },
  13: { name: 'NETWORK_EXCEPTION', outcome: 'unknown' },
  56: { name: 'KAFKA_STORAGE_ERROR', outcome: 'unknown' },
  // The broker has this very batch of this producer id already.
  46: { name: 'DUPLICATE_SEQUENCE_NUMBER', outcome: 'ok' },
  // This attempt was rejected; the producer id cannot go on (KIP-98, KIP-360, KIP-588).
  45: { name: 'OUT_OF_ORDER_SEQUENCE_NUMBER', outcome: 'fail', endsSession: true },
  47: { name: 'INVALID_PRODUCER_EPOCH', outcome: 'fail', endsSession: true },
  90: { name: 'PRODUCER_FENCED', outcome: 'fail', endsSession: true },
};

const ROW_OF_NAME: ReadonlyMap<string, Row> = new Map(
  Object.values(ROWS).map((row) => [row.name, row]),
);

/** What is known of an attempt that ended with an error. */
export interface EndedAttempt {
  readonly thrown: unknown;
  /** False only when the request certainly never left this process and never will. */
  readonly maySent: boolean;
  readonly acks: 'all' | 'leader' | 'none';
}

/** The class of an attempt, with the error as plain data. */
export interface ClassedAttempt {
  readonly outcome: AttemptClass;
  readonly error: ErrorFacts;
  readonly endsSession: boolean;
}

/** Classes one attempt that ended with an error. Pure. */
export function classAttempt({ thrown, maySent, acks }: EndedAttempt): ClassedAttempt {
  const { row, ...error } = describe(thrown);
  const classed = (outcome: AttemptClass): ClassedAttempt => ({
    outcome,
    error,
    endsSession: row?.endsSession === true,
  });
  if (!maySent) return classed('fail');
  // Without acknowledgement there is no evidence of anything.
  if (acks === 'none') return classed('unknown');
  return classed(row?.outcome ?? 'unknown');
}

/** The completion of an attempt that ended with an error; `ok` comes without an offset. */
export function completionOf(
  classed: ClassedAttempt,
): Completion<{ readonly baseOffset: bigint | null }> {
  if (classed.outcome === 'ok') return { kind: 'ok', value: { baseOffset: null } };
  return { kind: classed.outcome, error: classed.error };
}

/** Finds the protocol's error in whatever a client library threw, however deep it is wrapped. */
function describe(thrown: unknown): ErrorFacts & { row: Row | undefined } {
  const chain = causesOf(thrown);
  const innermost = chain.at(-1);
  const message = chain[0]?.message ?? String(thrown);
  for (const link of chain) {
    const row = rowOf(link);
    if (row !== undefined) return { name: row.name, message, row };
  }
  for (const link of chain) {
    const name = protocolNameOf(link) ?? nodeCodeOf(link);
    if (name !== undefined) return { name, message, row: undefined };
  }
  return { name: innermost?.name ?? 'UNKNOWN', message, row: undefined };
}

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly apiCode?: unknown;
  readonly apiId?: unknown;
  readonly cause?: unknown;
}

/** The error and its causes, outermost first; libraries' wrappers can be circular. */
function causesOf(thrown: unknown): readonly Thrown[] {
  const chain: Thrown[] = [];
  for (let link = thrown; typeof link === 'object' && link !== null && chain.length < 10; ) {
    if (chain.includes(link)) break;
    chain.push(link);
    link = (link as Thrown).cause;
  }
  return chain;
}

/** kafkajs: `code` (number) and `type`; @platformatic/kafka: `apiCode` and `apiId`. */
function rowOf(link: Thrown): Row | undefined {
  for (const code of [link.code, link.apiCode]) {
    if (typeof code === 'number' && code !== 0) return ROWS[code];
  }
  for (const name of [link.type, link.apiId]) {
    if (typeof name === 'string') return ROW_OF_NAME.get(name);
  }
  return undefined;
}

const protocolNameOf = (link: Thrown): string | undefined =>
  [link.apiId, link.type].find((name): name is string => typeof name === 'string');

const nodeCodeOf = (link: Thrown): string | undefined =>
  typeof link.code === 'string' ? link.code : undefined;
