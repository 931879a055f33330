import { setTimeout as pause } from 'node:timers/promises';
import { Connection, ProtocolError } from '@platformatic/kafka';
import { HighwaterError } from '../../core/errors.ts';
import type { Span } from '../../core/time.ts';
import { ms } from '../../core/time.ts';
import { type Answered, firstAnswer } from './first-answer.ts';
import { refused } from './refusal.ts';

/**
 * Requests to brokers, each with a limit, over connections of @platformatic/kafka. A probe must
 * not wait long for a broker that is dead or paused, so a question that any broker can answer goes
 * to the next one as soon as the one before fails or is slow, and the first answer counts.
 */
export interface BrokerCalls extends AsyncDisposable {
  /** Asks one broker. */
  at<T>(address: string, ask: Ask<T>): Promise<T>;
  /** Asks whichever broker answers first; only for questions that may be asked twice. */
  any<T>(ask: Ask<T>): Promise<T>;
  /**
   * Asks all that are known, and gives what came by a moment after the first answer; throws when
   * none came.
   */
  all<T>(ask: Ask<T>): Promise<readonly Answered<T>[]>;
  /** This one is asked first from now on. */
  prefer(address: string): void;
  /** The brokers that are known, the one that answered last first. */
  order(): readonly string[];
}

/** One question over an open connection. */
export type Ask<T> = (connection: Connection) => Promise<T>;

/** How brokers are called. */
export interface BrokerCallOptions {
  /** `host:port` of the brokers that are known from the start. */
  readonly bootstrap: readonly string[];
  readonly clientId: string;
  /** Ends every call that is under way. */
  readonly signal: AbortSignal;
}

/** Limit of one question to one broker, connecting included. */
const CALL_LIMIT = ms(1_500);

/** How much later than the first the other answers may come; a broker that is well needs less. */
const OTHERS_WITHIN = ms(200);

/** Opens connections as they are needed; dispose closes them all. */
export function openBrokerCalls(options: BrokerCallOptions): BrokerCalls {
  const open = new Map<string, Promise<Connection>>();
  const closed = new AbortController();
  const signal = AbortSignal.any([options.signal, closed.signal]);
  // The one that answered last is asked first.
  let order = [...options.bootstrap];

  const connectionTo = (address: string): Promise<Connection> => {
    const known = open.get(address);
    if (known !== undefined) return known;
    const connecting = connect(address, options.clientId);
    open.set(address, connecting);
    const forget = (): void => {
      if (open.get(address) === connecting) open.delete(address);
    };
    connecting.then((connection) => {
      connection.once('close', forget);
      if (signal.aborted) discard(connection);
    }, forget);
    return connecting;
  };

  const at = <T>(address: string, ask: Ask<T>): Promise<T> =>
    within(CALL_LIMIT, { signal, what: `request to ${address}` }, async () => {
      const connection = await connectionTo(address);
      try {
        return await ask(connection);
      } catch (thrown) {
        const error = errorIn(thrown);
        if (error !== undefined) throw refused(address, error, thrown);
        // What failed for other reasons than the broker's answer leaves the connection in doubt.
        discard(connection);
        throw thrown;
      }
    });

  const prefer = (address: string): void => {
    order = [address, ...order.filter((each) => each !== address)];
  };

  return {
    at,
    order: () => order,
    prefer,
    async any(ask) {
      const { address, value } = await firstAnswer(order, (each) => at(each, ask));
      prefer(address);
      return value;
    },
    all: (ask) => answersOfAll(order, (each) => at(each, ask)),
    async [Symbol.asyncDispose]() {
      closed.abort(new HighwaterError('INTERRUPTED', 'Kafka client closed'));
      const connections = [...open.values()];
      open.clear();
      for (const settled of await Promise.allSettled(connections)) {
        if (settled.status === 'fulfilled') discard(settled.value);
      }
    },
  };
}

async function answersOfAll<T>(
  addresses: readonly string[],
  ask: (address: string) => Promise<T>,
): Promise<readonly Answered<T>[]> {
  const answers: Answered<T>[] = [];
  const asked = addresses.map(async (address) => {
    answers.push({ address, value: await ask(address) });
  });
  const settled = Promise.allSettled(asked);
  try {
    await Promise.any(asked);
  } catch (thrown) {
    throw (thrown as AggregateError).errors[0];
  }
  await Promise.race([settled, pause(OTHERS_WITHIN)]);
  return [...answers];
}

/** Opens a connection for one question and closes it again. */
export async function askOnce<T>(
  address: string,
  ask: Ask<T>,
  options: { clientId: string; signal: AbortSignal; within?: Span },
): Promise<T> {
  const { signal, within: limit = CALL_LIMIT } = options;
  const connecting = connect(address, options.clientId);
  try {
    return await within(limit, { signal, what: `request to ${address}` }, async () =>
      ask(await connecting),
    );
  } finally {
    connecting.then(discard, () => {
      // Its failure was thrown above.
    });
  }
}

/** The protocol's error inside what the library threw. */
function errorIn(thrown: unknown): string | undefined {
  const { errors = [thrown] } = thrown as { errors?: readonly unknown[] };
  const found = errors.find((each) => each instanceof ProtocolError);
  return found === undefined ? undefined : (found['apiId'] as string);
}

async function connect(address: string, clientId: string): Promise<Connection> {
  const colon = address.lastIndexOf(':');
  const connection = new Connection(clientId, {
    connectTimeout: CALL_LIMIT,
    requestTimeout: CALL_LIMIT,
  });
  // Its failures reach us through the calls; without a listener node would end the process.
  connection.on('error', () => {});
  await connection.connect(address.slice(0, colon), Number(address.slice(colon + 1)));
  return connection;
}

/** `close` would wait for the socket; nobody waits for what is thrown away. */
function discard(connection: Connection): void {
  connection.socket?.destroy();
}

interface Limited {
  readonly signal: AbortSignal;
  readonly what: string;
}

/** Ends with the body, the limit or the signal, whichever comes first. */
function within<T>(limit: Span, { signal, what }: Limited, body: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => end(() => reject(signal.reason as Error));
    const timer = setTimeout(() => {
      end(() => reject(new HighwaterError('CLIENT_FAILED', `${what}: no answer in ${limit} ms`)));
    }, limit);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    body().then(
      (value) => end(() => resolve(value)),
      (thrown: unknown) => end(() => reject(thrown as Error)),
    );
  });
}
