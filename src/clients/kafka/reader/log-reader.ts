/**
 * Our own reader of a partition's log: the judge of what is in it. It speaks to the leader, joins
 * no group, asks for everything (uncommitted records and transaction markers too) and decodes and
 * checks the batches itself, because client libraries were seen to deliver records of aborted
 * transactions (docs/decisions/0001-final-reads-are-our-own.md).
 *
 * It does not see what is above the high watermark, nor what replicas other than the leader hold;
 * for that, segments are read from the disks of the replicas (decode-segment.ts).
 */
import { type Clock, realClock } from '../../../core/clock.ts';
import { HighwaterError } from '../../../core/errors.ts';
import { ms, type Span, seconds } from '../../../core/time.ts';
import type { TopicPartition } from '../../../record/names.ts';
import type { LogReader, OffsetsAt } from '../port.ts';
import { endOfLog } from './end-of-log.ts';
import { leadersOf } from './leaders.ts';
import { type Ask, patientAsker } from './patient-asker.ts';
import { readLog } from './read-log.ts';
import type { Address } from './wire.ts';

/** How a reader is made; what is not given has a default. */
export interface LogReaderOptions {
  /** `host:port` of some brokers. */
  readonly bootstrap: readonly string[];
  readonly clientId: string;
  /** The limit of one request; 10 s unless told. */
  readonly requestTimeout?: Span;
  /** How long one question may go without an answer, or a read without getting further; 30 s. */
  readonly patience?: Span;
  /** Pause before a failed request is made again; 100 ms unless told. */
  readonly retryEvery?: Span;
  /** Size that a fetch asks for; a larger batch comes whole all the same. 4 MiB unless told. */
  readonly fetchBytes?: number;
  readonly clock?: Clock;
}

/** The reader of the client port, and the ends of a log as the leader gives them. */
export interface OwnLogReader extends LogReader {
  /** Waits, within the reader's patience, until the leader answers. */
  offset(of: TopicPartition, at: OffsetsAt, signal: AbortSignal): Promise<bigint>;
}

/** Makes a reader; it connects when it is first used and is closed by whoever made it. */
export function logReader(options: LogReaderOptions): OwnLogReader {
  const clock = options.clock ?? realClock();
  const requestTimeout = options.requestTimeout ?? seconds(10);
  const leaders = leadersOf(options.bootstrap.map(addressOf), {
    clientId: options.clientId,
    clock,
    requestTimeout,
  });
  const ended = new AbortController();
  const asker = (of: TopicPartition, signal: AbortSignal): Ask =>
    patientAsker(of, {
      leaders,
      clock,
      patience: options.patience ?? seconds(30),
      retryEvery: options.retryEvery ?? ms(100),
      signal: AbortSignal.any([signal, ended.signal]),
    });
  return {
    // oxlint-disable-next-line max-params -- the signature is the port's
    read: (of, from, to, signal) =>
      readLog(asker(of, signal), {
        of,
        from,
        to,
        fetchBytes: options.fetchBytes ?? 4 * 1024 * 1024,
      }),
    offset: (of, at, signal) => endOfLog(asker(of, signal), of, at),
    [Symbol.asyncDispose]: async () => {
      ended.abort(new HighwaterError('INTERRUPTED', 'the log reader was closed'));
      leaders.close();
    },
  };
}

function addressOf(text: string): Address {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new HighwaterError('USAGE', `bootstrap address "${text}": expected host:port`);
  }
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port };
}
