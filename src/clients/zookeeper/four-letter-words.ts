import { connect } from 'node:net';
import { HighwaterError } from '../../core/errors.ts';
import { ms } from '../../core/time.ts';
import { showSpan } from '../../core/units.ts';

/** Where a server of an ensemble takes clients. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** The four-letter words that are asked; the server has to have them in its whitelist. */
export type FourLetterWord = 'conf' | 'dump' | 'mntr' | 'ruok' | 'srvr';

/** A server that takes longer to answer one word is as good as silent. */
const ANSWER_LIMIT = ms(1_000);

/** What servers answer to every word but `conf` and `ruok` while they have no quorum. */
const NOT_SERVING = 'not currently serving requests';

/**
 * Asks a server one word over a connection of its own; the server closes it after its answer.
 * Throws when the server does not answer in time, does not serve, or must not answer that word.
 */
export async function askWord(
  at: ServerAddress,
  word: FourLetterWord,
  signal: AbortSignal,
): Promise<string> {
  const text = (await sayOnce(at, Buffer.from(word), signal)).toString('utf8');
  const failed = (why: string): HighwaterError => failure(at, `${word}: ${why}`);
  if (text.includes(NOT_SERVING)) throw failed('it serves nobody, for want of a quorum');
  if (text.includes('is not in the whitelist')) throw failed('the word is not in its whitelist');
  if (text === '') throw failed('it closed the connection without a word');
  return text;
}

/**
 * Sends something over a connection of its own and gives all that comes until the server closes it;
 * throws when it does not in time.
 */
export function sayOnce(at: ServerAddress, said: Buffer, signal: AbortSignal): Promise<Buffer> {
  return new Promise<Buffer>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const socket = connect(at.port, at.host);
    const chunks: Buffer[] = [];
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const fail = (why: string): void => end(() => reject(failure(at, why)));
    const onAbort = (): void => end(() => reject(signal.reason as Error));
    const timer = setTimeout(() => fail(`no answer in ${showSpan(ANSWER_LIMIT)}`), ANSWER_LIMIT);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => socket.write(said));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', () => end(() => resolve(Buffer.concat(chunks))));
    socket.once('error', (thrown) => fail(thrown.message));
  });
}

const failure = (at: ServerAddress, why: string): HighwaterError =>
  new HighwaterError('CLIENT_FAILED', `ZooKeeper at ${at.host}:${at.port}: ${why}`);
