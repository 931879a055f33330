import { askWord } from '../../clients/zookeeper/four-letter-words.ts';
import { parseConf, parseSrvr, syncedFollowersIn } from '../../clients/zookeeper/words.ts';
import { messageOf } from '../../core/errors.ts';
import type { AddressBook } from '../../environments/environment.ts';
import { askedAt, ENSEMBLE_DATA, type Server, serversOf } from './ensemble-layout.ts';
import { type AskedServer, answersAsServer, type ServerAnswer } from './readiness.ts';
import type { EnsembleSpec } from './spec.ts';

/** Asks every server for itself, each over connections of this moment. */
export async function askServers(
  spec: EnsembleSpec,
  book: AddressBook,
  signal: AbortSignal,
): Promise<readonly AskedServer[]> {
  const servers = serversOf(spec, book);
  const answers = await Promise.all(
    servers.map((server) =>
      askServer(server, book, signal).catch((thrown: unknown) => ({ error: messageOf(thrown) })),
    ),
  );
  signal.throwIfAborted();
  return servers.map((server, index) => ({
    ...server,
    folder: book.volume(server.node, ENSEMBLE_DATA),
    answer: answers[index] ?? { error: 'not asked' },
  }));
}

/** Whether one server answers for itself now, and serves. */
export async function serverAnswers(
  server: Server,
  book: AddressBook,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const answer = await askServer(server, book, signal);
    const folder = book.volume(server.node, ENSEMBLE_DATA);
    return answer.mode !== null && answersAsServer(answer, { ...server, folder });
  } catch {
    // Refused, silent or without a quorum: none of them is an answer; only an abort is news.
    signal.throwIfAborted();
    return false;
  }
}

async function askServer(
  server: Server,
  book: AddressBook,
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const at = askedAt(server, book);
  const state = parseSrvr(await askWord(at, 'srvr', signal));
  const [conf, mntr] = await Promise.all([
    askWord(at, 'conf', signal),
    state.mode === 'leader' ? askWord(at, 'mntr', signal) : null,
  ]);
  return {
    ...state,
    ...parseConf(conf),
    syncedFollowers: mntr === null ? null : syncedFollowersIn(mntr),
  };
}
