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
  const failed = (why: string): HighwaterError =>
    new HighwaterError('CLIENT_FAILED', `${word} to ${at.host}:${at.port}: ${why}`);
  const text = await new Promise<string>((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect(at.port, at.host);
    const chunks: Buffer[] = [];
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(signal.reason as Error));
    const timer = setTimeout(
      () => end(() => reject(failed(`no answer in ${showSpan(ANSWER_LIMIT)}`))),
      ANSWER_LIMIT,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => socket.write(word));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', () => end(() => resolve(Buffer.concat(chunks).toString('utf8'))));
    socket.once('error', (thrown) => end(() => reject(failed(thrown.message))));
  });
  if (text.includes(NOT_SERVING)) throw failed('it serves nobody, for want of a quorum');
  if (text.includes('is not in the whitelist')) throw failed('the word is not in its whitelist');
  if (text === '') throw failed('it closed the connection without a word');
  return text;
}
