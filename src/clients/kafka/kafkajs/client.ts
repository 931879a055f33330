import { Kafka, logLevel } from 'kafkajs';
import type { Span } from '../../../core/time.ts';
import type { ClientLog, ClientLogLine } from '../client-log.ts';
import { mendKafkajs } from './mends.ts';
import { ownedSockets } from './owned-sockets.ts';

/** How a kafkajs client is made. */
export interface KafkajsOptions {
  readonly bootstrap: readonly string[];
  readonly clientId: string;
  readonly requestTimeout: Span;
  readonly log: ClientLog;
  /**
   * Rounds of connecting, of looking for a coordinator; as many as there are brokers unless told.
   */
  readonly retries?: number;
}

/**
 * One kafkajs client whose sockets we own. kafkajs waits for open requests before it lets go of a
 * socket, and may connect anew while it does; `end` ends all of that at once.
 */
export interface KafkajsClient {
  readonly kafka: Kafka;
  /** Destroys the sockets and refuses new ones; idempotent. */
  end(): void;
}

/** Limit of a TCP connect; on loopback a broker answers at once or not at all. */
const CONNECT_LIMIT_MS = 1_000;

/** Makes a client; it connects to nothing yet. */
export function kafkajsClient(options: KafkajsOptions): KafkajsClient {
  mendKafkajs();
  const sockets = ownedSockets();
  const kafka = new Kafka({
    brokers: [...options.bootstrap],
    clientId: options.clientId,
    connectionTimeout: CONNECT_LIMIT_MS,
    authenticationTimeout: CONNECT_LIMIT_MS,
    requestTimeout: options.requestTimeout,
    // For connecting and metadata; sends have a policy of their own.
    retry: {
      retries: options.retries ?? options.bootstrap.length,
      initialRetryTime: 20,
      maxRetryTime: 100,
      factor: 0,
      multiplier: 1.5,
    },
    socketFactory: sockets.factory,
    // A few lines a life: which partitions a member got, and from whom.
    logLevel: logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, level, log }) =>
        options.log({
          level: LEVELS[level] ?? 'debug',
          // The client itself has no name there.
          from: namespace || 'kafkajs',
          message: log.message,
          facts: log,
        }),
  });
  return { kafka, end: sockets.end };
}

const LEVELS: Readonly<Record<number, ClientLogLine['level']>> = {
  [logLevel.ERROR]: 'error',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
};
